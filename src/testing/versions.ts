/**
 * Which etcd is meant.
 *
 * @module
 */

/** The release that stands for each minor version. 3.4 is Debian's, as it cannot be built as a Go module. */
const PINNED: Readonly<Record<string, string>> = {
  "3.4": "3.4.23",
  "3.5": "3.5.35",
  "3.6": "3.6.16",
  "3.7": "3.7.3",
};

const DEFAULT = "3.7";

/** A version that was asked for, or the default. */
export interface WantedVersion {
  /** Whole: the one to get where there is none yet. */
  readonly version: string;
  /** Major and minor. */
  readonly minor: string;
  /** Whether only this very one will do, not any of its minor version. */
  readonly exact: boolean;
  /** Whether someone asked, by option or environment. */
  readonly asked: boolean;
}

/**
 * Tells which version is wanted.
 *
 * @param option What a caller asked for.
 * @param environment ETCD_VERSION, which takes the default's place.
 * @throws {RangeError} If it is neither a known minor version nor a whole one.
 */
export function wantedVersion(option: string | undefined, environment: string | undefined): WantedVersion {
  const text = option ?? (environment || undefined);
  const asked = text !== undefined;
  const name = (text ?? DEFAULT).replace(/^v/, "");
  if (Object.hasOwn(PINNED, name)) return { version: PINNED[name], minor: name, exact: false, asked };
  const minor = /^(\d+\.\d+)\.\d+(-[\w.]+)?$/.exec(name)?.[1];
  if (minor) return { version: name, minor, exact: true, asked };
  const known = Object.keys(PINNED).join(", ");
  throw new RangeError(`Cannot choose an etcd: version "${name}" is neither one of ${known} nor a whole one`);
}

/** What to ask for to get any release that goes with this one. */
export function companion(version: string): string {
  const minor = version.split(".", 2).join(".");
  return Object.hasOwn(PINNED, minor) ? minor : version;
}

/** Whether a release will do. */
export function satisfies(version: string, wanted: WantedVersion): boolean {
  return wanted.exact ? version === wanted.version : version.startsWith(`${wanted.minor}.`);
}

/** Whether a release has what came with a minor version of etcd 3. */
export function atLeast(version: string, minor: number): boolean {
  return Number(version.split(".")[1]) >= minor;
}
