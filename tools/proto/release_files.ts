/**
 * The .proto files of an etcd release: which of them count, and which file an import means. Releases before 3.5 keep
 * them beside the server's code, later ones in the modules api and server, and their imports name neither layout.
 * @module
 */

import { packageOf, trimProto } from "./trim.ts";
import { UNCARRIED_PACKAGES } from "./uncarried.ts";

/** Paths relative to the release's directory, with slashes, to the files' texts. */
export type ProtoFiles = ReadonlyMap<string, string>;

/** The packages that `files` declare. */
export function packagesOf(files: ProtoFiles): Set<string> {
  return new Set([...files.values()].map(packageOf));
}

/** Which packages can be compared, which a release has beyond ours, and which were not among its files. */
export function matchPackages(
  ours: ReadonlySet<string>,
  theirs: ReadonlySet<string>,
): { readonly shared: Set<string>; readonly unknown: string[]; readonly absent: string[] } {
  return {
    shared: new Set([...ours].filter((name) => theirs.has(name))),
    unknown: [...theirs].filter((name) => !ours.has(name) && !UNCARRIED_PACKAGES.has(name)),
    absent: [...ours].filter((name) => !theirs.has(name)),
  };
}

/**
 * The files that declare one of `packages` and the files these import, trimmed.
 *
 * @throws {Error} where a file is there twice, as in a directory that holds two releases.
 */
export function selectFiles(files: ProtoFiles, packages: ReadonlySet<string>): ProtoFiles {
  const selected = new Map<string, string>();
  const pending = [...files.keys()].filter((path) => packages.has(packageOf(files.get(path)!)));
  refuseTwins(pending, files);
  for (let path = pending.pop(); path !== undefined; path = pending.pop()) {
    if (selected.has(path)) continue;
    const importer = path;
    const trimmed = trimProto(files.get(path)!, (imported) => {
      if (imported.startsWith("google/protobuf/")) return imported;
      const found = resolveImport(imported, importer, [...files.keys()]);
      if (found !== undefined) pending.push(found);
      return found;
    });
    selected.set(path, trimmed);
  }
  return selected;
}

/** The path whose end agrees with `imported` in most parts, at least the file's name; the importer's folder first. */
export function resolveImport(
  imported: string,
  importer: string,
  paths: readonly string[],
): string | undefined {
  let best: string | undefined;
  let bestScore = 0;
  for (const path of paths) {
    const shared = sharedTail(path, imported);
    const score = shared === 0 ? 0 : shared + (folderOf(path) === folderOf(importer) ? 0.5 : 0);
    if (score > bestScore) [best, bestScore] = [path, score];
  }
  return best;
}

function sharedTail(path: string, other: string): number {
  const [parts, others] = [path, other].map((text) => text.split("/").reverse());
  const end = parts.findIndex((part, index) => part !== others[index]);
  return end === -1 ? parts.length : end;
}

function refuseTwins(paths: readonly string[], files: ProtoFiles): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const key = `${packageOf(files.get(path)!)}/${path.slice(folderOf(path).length)}`;
    const twin = seen.get(key);
    if (twin !== undefined) {
      throw new Error(`Cannot tell which release is meant: ${twin} and ${path} are the same file`);
    }
    seen.set(key, path);
  }
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
}
