/**
 * proto/gen: made anew from proto/*.proto, or compared with what would be made.
 * @module
 */

import { join } from "node:path";
import { generate } from "./buf.ts";
import { withTempDir } from "./process.ts";

/** File names to texts. */
export type Files = ReadonlyMap<string, string>;

/** Makes `proto`/gen what the .proto files of `proto` say, and returns the names of the files. */
export async function regenerate(proto: string): Promise<string[]> {
  const files = await generatedFiles(proto);
  const gen = join(proto, "gen");
  await Deno.mkdir(gen, { recursive: true });
  for (const name of (await readFiles(gen)).keys()) if (!files.has(name)) await Deno.remove(join(gen, name));
  for (const [name, text] of files) await Deno.writeTextFile(join(gen, name), text);
  return [...files.keys()];
}

/** What differs between `proto`/gen and what its .proto files say, one line a file; empty when nothing does. */
export async function checkGenerated(proto: string): Promise<string[]> {
  return diffFiles(await readFiles(join(proto, "gen")), await generatedFiles(proto));
}

/** One line for each file of `actual` that is not what `expected` says, with the first line that differs. */
export function diffFiles(actual: Files, expected: Files): string[] {
  const names = [...new Set([...actual.keys(), ...expected.keys()])].sort();
  return names.flatMap((name) => {
    const [have, want] = [actual.get(name), expected.get(name)];
    if (have === want) return [];
    if (have === undefined) return [`${name} is missing`];
    if (want === undefined) return [`${name} comes from no .proto file`];
    return [`${name} ${firstDifference(have.split("\n"), want.split("\n"))}`];
  });
}

function firstDifference(have: readonly string[], want: readonly string[]): string {
  let index = 0;
  while (have[index] === want[index]) index++;
  const [found, wanted] = [have, want].map((lines) => JSON.stringify(lines[index]?.trim()) ?? "end of file");
  return `differs from line ${index + 1} on: ${found} in place of ${wanted}`;
}

async function generatedFiles(proto: string): Promise<Files> {
  return await withTempDir(async (target) => {
    await generate(proto, join(proto, "buf.gen.yaml"), target);
    return await readFiles(join(target, "gen"));
  });
}

async function readFiles(dir: string): Promise<Files> {
  const names: string[] = [];
  for await (const entry of Deno.readDir(dir)) names.push(entry.name);
  const texts = names.sort().map(async (name) => [name, await Deno.readTextFile(join(dir, name))] as const);
  return new Map(await Promise.all(texts));
}
