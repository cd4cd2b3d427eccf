/**
 * A process whose server is gone for good, and which prints how many bytes the calls leave that give up while a watch
 * waits on: `outage_memory.ts`.
 *
 * @module
 */

import { EtcdClient, EtcdTimeoutError } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { atRest, usedMemory } from "../chaos/rig/gates/heap.ts";

/** Calls at once, and how often. */
const CALLS = 2_000;
const ROUNDS = 10;
/** Milliseconds. */
const PATIENCE = 50;

const server = await EtcdServer.start();
await using client = new EtcdClient(server.endpoint, server.clientOptions);
await using c = await client.connect();
await using watcher = c.watch("k");
await watcher.ready;
await server[Symbol.asyncDispose]();

async function giveUp(): Promise<void> {
  const calls = Array.from({ length: CALLS }, () => c.get("k", { timeout: PATIENCE }));
  for (const { status, reason } of await Promise.allSettled(calls) as PromiseRejectedResult[]) {
    if (status !== "rejected" || !(reason instanceof EtcdTimeoutError)) {
      throw new Error("not given up", { cause: reason });
    }
  }
}

await giveUp(); // loads and compiles what the others use
const before = await atRest(usedMemory);
for (let i = 0; i < ROUNDS; i++) await giveUp();
const kept = await atRest(usedMemory) - before;
console.log(JSON.stringify({ kept, calls: ROUNDS * CALLS }));
