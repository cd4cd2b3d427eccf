/**
 * What really happened to a store: every revision with its changes, as one unproxied member tells it.
 *
 * @module
 */

import type { Entry } from "./call.ts";

/** One change of a key. */
export interface Change {
  readonly type: "PUT" | "DELETE";
  readonly key: string;
  /** Null for a deletion. */
  readonly value: string | null;
  /** Of a put; 0 for a deletion. */
  readonly createRevision: number;
  /** Of a put; 0 for a deletion. */
  readonly version: number;
  /** What the key was before; null where there was none. */
  readonly prev: Entry | null;
}

/** One revision. */
export interface Revision {
  readonly revision: number;
  readonly changes: readonly Change[];
}

/** All revisions of the store, oldest first. */
export type Truth = readonly Revision[];

/** The store as it was at any revision. */
export class Timeline {
  readonly truth: Truth;
  readonly #byRevision: ReadonlyMap<number, Revision>;
  readonly #versions = new Map<string, { readonly revision: number; readonly entry: Entry | null }[]>();
  /** Every key that ever was, in order. */
  readonly keys: readonly string[];

  constructor(truth: Truth) {
    this.truth = truth;
    this.#byRevision = new Map(truth.map((one) => [one.revision, one]));
    for (const { revision, changes } of truth) {
      for (const change of changes) this.#note(revision, change);
    }
    this.keys = [...this.#versions.keys()].sort();
  }

  /** The newest revision; 1, that of an empty store, where nothing happened. */
  get last(): number {
    return this.truth.at(-1)?.revision ?? 1;
  }

  /** What happened at a revision. */
  changes(revision: number): readonly Change[] {
    return this.#byRevision.get(revision)?.changes ?? [];
  }

  /** A key as it was at a revision; null where there was none. */
  at(key: string, revision: number): Entry | null {
    const versions = this.#versions.get(key) ?? [];
    let [low, high] = [0, versions.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (versions[middle].revision <= revision) low = middle + 1;
      else high = middle;
    }
    return versions[low - 1]?.entry ?? null;
  }

  /** The keys with a prefix as they were at a revision, in order. */
  list(prefix: string, revision: number): Entry[] {
    return this.keys.filter((key) => key.startsWith(prefix))
      .map((key) => this.at(key, revision))
      .filter((entry) => entry !== null);
  }

  #note(revision: number, { key, value, createRevision, version }: Change): void {
    const versions = this.#versions.get(key) ?? [];
    this.#versions.set(key, versions);
    const entry = value === null ? null : { key, value, createRevision, modRevision: revision, version };
    // A revision may put a key and delete it; what it is afterwards counts.
    if (versions.at(-1)?.revision === revision) versions.pop();
    versions.push({ revision, entry });
  }
}

/** A revision on one line, for messages. */
export function show({ revision, changes }: Revision): string {
  const texts = changes.map(({ type, key, value }) =>
    value === null ? `${type} ${key}` : `${type} ${key} ${value}`
  );
  return `Revision ${revision} (${texts.join(", ")})`;
}
