/**
 * The protobuf compiler and the code generator, pinned, run by npx from npm's own cache.
 * @module
 */

import { join } from "node:path";
import { run, withTempDir } from "./process.ts";
import type { DescriptorSet } from "./schema.ts";

/** The last three are ts-proto's own: they shape and format its output, and it asks for ranges only. */
const PACKAGES = [
  "@bufbuild/buf@1.75.0",
  "ts-proto@2.18.0",
  "ts-poet@6.12.0",
  "dprint-node@1.0.8",
  "case-anything@2.1.13",
];

/** Runs the plugins of `template` over the .proto files of `dir`; their `out` folders are made in `target`. */
export async function generate(dir: string, template: string, target: string): Promise<void> {
  await buf("generate", dir, "--template", template, "--output", target);
}

/** Compiles the .proto files of `dir`. */
export async function describe(dir: string): Promise<DescriptorSet> {
  return await withTempDir(async (temp) => {
    const path = join(temp, "set.json");
    await buf("build", dir, "--exclude-source-info", "--output", path);
    return JSON.parse(await Deno.readTextFile(path)) as DescriptorSet;
  });
}

/** Runs outside the repository, where npx can neither find another version nor leave anything. */
async function buf(...args: string[]): Promise<void> {
  const packages = PACKAGES.flatMap((name) => ["--package", name]);
  await withTempDir((cwd) => run("npx", ["--yes", ...packages, "buf", ...args], cwd));
}
