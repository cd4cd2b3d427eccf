/**
 * Names where there is code that no user can reach, since no entry leads to it. A note, not a rule: work under way
 * may have its turn later.
 * @module
 */

import { dirname } from "node:path";
import { ENTRIES } from "./entries.ts";
import { sourceFiles } from "./files.ts";
import { importGraph } from "./layers/graph.ts";

/** One line for each folder with such files. */
export async function unreachedFiles(): Promise<string[]> {
  const graph = await importGraph(ENTRIES);
  const unreached = (await sourceFiles()).filter((file) => !graph.has(file));
  return [...Map.groupBy(unreached, dirname)]
    .map(([folder, files]) => `no entry leads to ${files.length} of the files in ${folder}`);
}
