/**
 * Getting hold of etcd's programs, from the nearest place that has them.
 *
 * @module
 */

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, variable } from "../environment.ts";
import { wantedVersion } from "../versions.ts";
import { fromCache, intoCache } from "./cache.ts";
import { fromDebian } from "./debian.ts";
import { fromPath } from "./from_path.ts";
import { fromVariable } from "./from_variable.ts";
import { fromGo } from "./go.ts";
import { withLock } from "./lock.ts";
import { fromRelease } from "./release.ts";
import type { Binary, Search, Tool, Way } from "./way.ts";

/** How to obtain. */
export interface ObtainOptions {
  /** Gives up; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
  /** Told what goes on when it takes a while; by default a line on the standard error. */
  readonly onProgress?: (message: string) => void;
}

/** Ways with a name, in the order in which they are tried. */
type Ways = ReadonlyMap<string, Way>;

const AT_HAND: Ways = new Map([
  ["ETCD_BIN", fromVariable],
  ["PATH", fromPath],
  ["cache", fromCache],
]);

/** One process at a time goes these; the first to come leaves the others what they look for. */
const FROM_ELSEWHERE: Ways = new Map([
  ["cache", fromCache],
  ["release", (search: Search) => intoCache(fromRelease, search)],
  ["Go", (search: Search) => intoCache(fromGo, search)],
  ["Debian", (search: Search) => intoCache(fromDebian, search)],
]);

/**
 * Finds a program, or brings it into the cache.
 *
 * @param version What a caller asked for: a minor version or a whole one.
 * @throws {Error} With what was tried and why each failed; or if ETCD_BIN names no program.
 * @throws {RangeError} If the version is neither known nor whole.
 * @throws The signal's reason.
 */
export async function obtain(
  tool: Tool,
  version: string | undefined,
  options: ObtainOptions = {},
): Promise<Binary> {
  const { signal, onProgress = console.error } = options;
  const wanted = wantedVersion(version, variable("ETCD_VERSION"));
  const search: Search = { tool, wanted, onProgress, signal };
  const reasons = new Map<string, string>();
  const found = await tryAll(AT_HAND, search, reasons) ?? await fetchLocked(search, reasons);
  if (found) return found;
  const list = Array.from(reasons, ([name, reason]) => `\n  ${name}: ${reason}`).join("");
  throw new Error(`Cannot obtain ${tool} ${wanted.version}; tried:${list}`);
}

async function fetchLocked(search: Search, reasons: Map<string, string>): Promise<Binary | undefined> {
  const { tool, wanted: { version }, onProgress, signal } = search;
  const folder = cacheFolder();
  await mkdir(folder, { recursive: true });
  const onWait = () => onProgress(`${tool} ${version}: another process is fetching it; waiting`);
  const lock = join(folder, `${tool}-${version}.lock`);
  return await withLock(lock, () => tryAll(FROM_ELSEWHERE, search, reasons), { signal, onWait });
}

async function tryAll(ways: Ways, search: Search, reasons: Map<string, string>): Promise<Binary | undefined> {
  for (const [name, way] of ways) {
    search.signal?.throwIfAborted();
    const result = await way(search);
    if (typeof result !== "string") return result;
    reasons.set(name, result);
  }
  return undefined;
}
