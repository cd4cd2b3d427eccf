/**
 * Our protocol against an etcd release's.
 * @module
 */

import { dirname, join, relative } from "node:path";
import { describe } from "./buf.ts";
import { compareSchemas, type Comparison } from "./compare.ts";
import { withTempDir } from "./process.ts";
import { packagesOf, type ProtoFiles, selectFiles } from "./release_files.ts";
import { schemaOf } from "./schema.ts";
import { UNCARRIED_NAMES, UNCARRIED_PACKAGES } from "./uncarried.ts";

/** The outcome of {@linkcode compareRelease}. */
export interface ReleaseComparison extends Comparison {
  /** Packages of the release that ours lack, and that {@linkcode UNCARRIED_PACKAGES} does not explain. */
  readonly unknownPackages: readonly string[];
}

/**
 * Compares the .proto files of `proto` with those of the release that `dirs` hold.
 *
 * @throws {Error} where a package that ours carry is in none of `dirs`.
 */
export async function compareRelease(proto: string, dirs: readonly string[]): Promise<ReleaseComparison> {
  const packages = packagesOf(await readProtos([proto]));
  const release = await readProtos(dirs);
  const found = packagesOf(release);
  const absent = [...packages].filter((name) => !found.has(name));
  if (absent.length > 0) {
    throw new Error(`No .proto file of ${absent.join(", ")} found in ${dirs.join(", ")}`);
  }
  const unknownPackages = [...found].filter((name) => !packages.has(name) && !UNCARRIED_PACKAGES.has(name));
  const ours = schemaOf(await describe(proto), packages);
  const theirs = await withTempDir(async (dir) => {
    await writeProtos(dir, selectFiles(release, packages));
    return schemaOf(await describe(dir), packages);
  });
  return { ...compareSchemas(ours, theirs, new Set(UNCARRIED_NAMES.keys())), unknownPackages };
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
