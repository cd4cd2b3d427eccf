/**
 * Writes TypeScript files as JavaScript below a folder; runs on Node, which knows how to.
 *
 * @module
 */

import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { stripTypeScriptTypes } from "node:module";
import { dirname } from "node:path";
import process from "node:process";

/** The ending of a relative import. */
const ENDING = /((?:from|import)\s*\(?\s*"\.[^"]*)\.ts"/g;

const [, , folder, ...files] = process.argv;
await rm(folder, { recursive: true, force: true });
for (const file of files) {
  const target = `${folder}/${file.replace(/\.ts$/, ".js")}`;
  await mkdir(dirname(target), { recursive: true });
  const code = stripTypeScriptTypes(await readFile(file, "utf8"));
  await writeFile(target, code.replace(ENDING, '$1.js"'));
}
