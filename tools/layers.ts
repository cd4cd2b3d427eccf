/**
 * Holds the shape of the library: imports go from right to left through its rooms and never in a circle, and every
 * source file is reached from an entry.
 * @module
 */

import { ENTRIES } from "./entries.ts";
import { filesBelow } from "./files.ts";
import { circles } from "./layers/circles.ts";
import { importGraph } from "./layers/graph.ts";
import { forbidden } from "./layers/rooms.ts";

const sources = (await filesBelow("src")).filter((file) => file.endsWith(".ts"));
const reached = await importGraph(ENTRIES);
const unreached = sources.filter((file) => !reached.has(file));
const graph = new Map([...reached, ...await importGraph(unreached)]);
const findings = [
  ...forbidden(graph),
  ...circles(graph).map((circle) => `a circle: ${circle.join(" -> ")}`),
  ...unreached.map((file) => `${file} is reached from no entry`),
];
for (const finding of findings) console.error(finding);
Deno.exit(findings.length === 0 ? 0 : 1);
