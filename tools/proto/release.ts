/**
 * Our protocol against an etcd release's.
 * @module
 */

import { dirname, join, relative } from "node:path";
import { describe } from "./buf.ts";
import { compareSchemas, type Comparison } from "./compare.ts";
import { withTempDir } from "./process.ts";
import { matchPackages, packagesOf, type ProtoFiles, selectFiles } from "./release_files.ts";
import { schemaOf } from "./schema.ts";
import { UNCARRIED_NAMES } from "./uncarried.ts";

/** The outcome of {@linkcode compareRelease}. */
export interface ReleaseComparison extends Comparison {
  /** Packages of the release that ours lack, and that `uncarried.ts` does not explain. */
  readonly unknownPackages: readonly string[];
  /** Packages of ours that are not in what was given, such as the Go module `api` alone, and not compared. */
  readonly absentPackages: readonly string[];
}

/**
 * Compares the .proto files of `proto` with those of the release that `dirs` hold.
 *
 * @throws {Error} where no package that ours carry is in any of `dirs`.
 */
export async function compareRelease(proto: string, dirs: readonly string[]): Promise<ReleaseComparison> {
  const packages = packagesOf(await readProtos([proto]));
  const release = await readProtos(dirs);
  const { shared, unknown, absent } = matchPackages(packages, packagesOf(release));
  if (shared.size === 0) throw new Error(`No .proto file of etcd found in ${dirs.join(", ")}`);
  const ours = schemaOf(await describe(proto), shared);
  const theirs = await withTempDir(async (dir) => {
    await writeProtos(dir, selectFiles(release, shared));
    return schemaOf(await describe(dir), shared);
  });
  const comparison = compareSchemas(ours, theirs, new Set(UNCARRIED_NAMES.keys()));
  return { ...comparison, unknownPackages: unknown, absentPackages: absent };
}

/** Every .proto file under `dirs`, by a path of which the first part tells the directory. */
async function readProtos(dirs: readonly string[]): Promise<ProtoFiles> {
  const files = new Map<string, string>();
  for (const [index, dir] of dirs.entries()) {
    for await (const path of protoPaths(dir)) {
      const name = join(String(index), relative(dir, path)).replaceAll("\\", "/");
      files.set(name, await Deno.readTextFile(path));
    }
  }
  return files;
}

async function* protoPaths(dir: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(dir)) {
    const path = join(dir, entry.name);
    if (entry.isFile && entry.name.endsWith(".proto")) yield path;
    else if (entry.isDirectory && entry.name !== "node_modules") yield* protoPaths(path);
  }
}

async function writeProtos(dir: string, files: ProtoFiles): Promise<void> {
  for (const [name, text] of files) {
    const path = join(dir, name);
    await Deno.mkdir(dirname(path), { recursive: true });
    await Deno.writeTextFile(path, text);
  }
}
