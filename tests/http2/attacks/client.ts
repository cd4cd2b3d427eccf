/**
 * Measures in a process of its own what an attack costs a client; `measure.ts` runs it.
 *
 * @module
 */

import process from "node:process";
import { ATTACKS } from "./attacks.ts";
import { call, open, suffer } from "./victim.ts";

/** Milliseconds that calls and handshakes may take, and that are waited for what comes after them. */
const TIMEOUT = 2_000;
const AFTERWARDS = 300;

const [number, port, good] = process.argv.slice(2).map(Number);

/** What frees memory at once, by its names on the runtimes. */
const { Bun, gc = Bun?.gc } = globalThis as { gc?: (now: boolean) => void; Bun?: { gc(now: boolean): void } };

/** Bytes that are in use, on the heap and beside it. */
function held(): number {
  gc?.(true);
  const { heapUsed, external, arrayBuffers = 0 } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
}

// Everything is loaded and warm.
const warm = await open(good, AbortSignal.timeout(TIMEOUT));
for (let i = 0; i < 200; i++) await call(warm, TIMEOUT);
await warm.connection.close();

const before = held();
const { rss } = process.memoryUsage();
let most = rss;
const sampler = setInterval(() => most = Math.max(most, process.memoryUsage().rss), 5);
const cpu = process.cpuUsage();
const start = performance.now();
let status = 14;
let why = "";
let closed = 0;
try {
  const session = await open(port, AbortSignal.timeout(TIMEOUT));
  session.connection.closed.then(() => closed = performance.now() - start);
  status = await suffer(session, ATTACKS[number], TIMEOUT);
  most = Math.max(most, process.memoryUsage().rss);
  await new Promise((resolve) => setTimeout(resolve, AFTERWARDS));
  await session.connection.close();
} catch (error) {
  why = String(error);
}
const took = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
clearInterval(sampler);
console.log(JSON.stringify({
  status,
  why,
  took,
  closed,
  cpu: (user + system) / 1_000,
  peak: (most - rss) / 1_048_576,
  kept: (held() - before) / 1_048_576,
}));
