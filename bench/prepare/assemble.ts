/**
 * The library and the workers as JavaScript: what users of Bun and Node get from JSR is not TypeScript, and stripping
 * types would count against the start of a script.
 *
 * @module
 */

import { program } from "../../tools/suite/runtimes.ts";
import { filesBelow } from "../../tools/files.ts";
import { FOLDER, quietly } from "./folder.ts";

/** Where it is; below the repository, whose node_modules it uses. */
export const ASSEMBLED: string = `${FOLDER}/javascript`;

const FOLDERS = ["mod.ts", "src", "proto/gen", "bench/workers", "bench/scripts", "bench/statistics.ts"];

/**
 * Makes it anew, by Node.
 *
 * @throws {Error} If that fails.
 */
export async function assemble(): Promise<void> {
  const files = (await Promise.all(FOLDERS.map(filesBelow))).flat().filter((file) => file.endsWith(".ts"));
  const failure = await quietly([program("node"), "bench/prepare/strip.ts", ASSEMBLED, ...files]);
  if (failure !== undefined) throw new Error(`Cannot strip the types: ${failure}`);
}
