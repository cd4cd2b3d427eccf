/**
 * Names the files that have grown past what is read in one sitting. A note, not a rule: such a file needs a reason.
 * @module
 */

import { filesBelow } from "./files.ts";

const FOLDERS = ["src", "tests", "tools", "examples", "bench"];
const LINES = 400;

/** One line for each file of code that is longer than {@linkcode LINES}. */
export async function largeFiles(): Promise<string[]> {
  const notes: string[] = [];
  for (const file of (await Promise.all(FOLDERS.map(filesBelow))).flat()) {
    if (!file.endsWith(".ts")) continue;
    const lines = (await Deno.readTextFile(file)).split("\n").length - 1;
    if (lines > LINES) notes.push(`${file} has ${lines} lines`);
  }
  return notes;
}
