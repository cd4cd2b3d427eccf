/**
 * Holds the shape of the library: imports go from right to left through its rooms, and never in a circle.
 * @module
 */

import { ENTRIES } from "./entries.ts";
import { sourceFiles } from "./files.ts";
import { circles } from "./layers/circles.ts";
import { importGraph } from "./layers/graph.ts";
import { forbidden } from "./layers/rooms.ts";

const graph = await importGraph([...ENTRIES, ...await sourceFiles()]);
const findings = [
  ...forbidden(graph),
  ...circles(graph).map((circle) => `a circle: ${circle.join(" -> ")}`),
];
for (const finding of findings) console.error(finding);
Deno.exit(findings.length === 0 ? 0 : 1);
