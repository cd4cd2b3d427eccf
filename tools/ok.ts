/**
 * `deno task ok`: the gate alone.
 * @module
 */

import { gate } from "./gate.ts";
import { closingLine } from "./tally.ts";

const tally = await gate();
console.log(closingLine(tally));
Deno.exit(tally.failed === 0 ? 0 : 1);
