/**
 * A process with many watches that have seen a large revision, which prints how many bytes they keep:
 * `watch_memory.ts ENDPOINT`.
 *
 * @module
 */

import process from "node:process";
import { EtcdClient, type Watcher } from "../../mod.ts";
import { atRest, usedMemory } from "../chaos/rig/gates/heap.ts";

const WATCHES = 20;
const KEYS = 8;
const VALUE = "x".repeat(90_000);

await using client = new EtcdClient(process.argv[2]);
await using c = await client.connect();
let seen = 0;

/** Reads without a variable that would keep what was read last. */
function read(watcher: Watcher<string>): void {
  const events = watcher[Symbol.asyncIterator]();
  const next = (): unknown => events.next().then(({ done }) => done || (seen++, next()));
  next();
}

async function put(value: string): Promise<void> {
  const until = seen + WATCHES * KEYS;
  await c.txn((t) => Array.from({ length: KEYS }, (_, i) => t.put(`k/${i}`, value)));
  while (seen < until) await new Promise((resolve) => setTimeout(resolve, 10));
}

for (let i = 0; i < WATCHES; i++) {
  const watcher = c.watchPrefix("k/");
  await watcher.ready;
  read(watcher);
}
for (let i = 0; i < 3; i++) await put("small"); // loads and compiles what reads them
const before = await atRest(usedMemory);
await put(VALUE);
const kept = await atRest(usedMemory) - before;
console.log(JSON.stringify({ kept, revision: WATCHES * KEYS * VALUE.length }));
