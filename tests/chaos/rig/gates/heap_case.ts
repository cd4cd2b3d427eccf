/**
 * A process that measures itself: `heap_case.ts WAY`. Each repetition makes a quarter of the bytes that all of them may
 * leave. It lets go of them some turns after its end, or keeps them, and the line that it prints tells by how many
 * the heap grew.
 *
 * @module
 */

import process from "node:process";
import { Trial } from "../trial/trial.ts";
import { heapAllowance } from "./heap.ts";

const REPETITIONS = 10;
/** Milliseconds that a repetition holds what it made. */
const WHILE = 30;

const keeps = process.argv[2] === "keep";
const held: unknown[] = [];

await using trial = new Trial({ seed: 1, tls: false, long: false });
let failure = "";
await trial.repeat(REPETITIONS, async () => {
  held.push(Array.from({ length: heapAllowance(REPETITIONS) / 32 }, (_, i) => i));
  if (!keeps) setTimeout(() => held.pop(), WHILE);
  await Promise.resolve();
}).catch((error) => failure = error.message);
console.log(failure);
