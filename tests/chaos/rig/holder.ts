/**
 * A process that holds locks, to be suspended: `holder.ts REQUEST`, where the request is JSON.
 *
 * It acquires the locks, each on a session of its own, and says its process id. While it holds them it writes guarded
 * values, if it is asked to. When all are lost it says when each last said otherwise, and what became of its writes.
 *
 * @module
 */

import process from "node:process";
import { EtcdClient, type EtcdClientOptions, type EtcdLock, EtcdLockLostError } from "../../../mod.ts";

/** What a holder is asked for. */
export interface HolderRequest {
  readonly endpoint: string;
  readonly options: EtcdClientOptions;
  readonly locks: number;
  /** Seconds. */
  readonly ttl: number;
  /** Whether it writes `written/N` under the lock `jobs/N`, again and again. */
  readonly writes: boolean;
}

/** What it says in the end. */
export interface HolderReport {
  /** For each lock, when it was last said to be held, by `Date.now()`. */
  readonly lastHeld: readonly number[];
  /** For each lock, whether the write after its loss was refused with the right error. */
  readonly refused: readonly boolean[];
}

const request: HolderRequest = JSON.parse(process.argv[2]);

/** Asks the lock all the time whether it is held; resolves to when it last was. */
async function watchOver(lock: EtcdLock): Promise<number> {
  let last = 0;
  for (;;) {
    // The clock is read first: a suspension right after the answer would make a good answer a late one.
    const asked = Date.now();
    if (lock.signal.aborted) return last;
    last = asked;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

async function writeOn(lock: EtcdLock, index: number): Promise<void> {
  for (let i = 0;; i++) {
    try {
      await lock.put(`written/${index}`, `first ${i}`);
    } catch (error) {
      if (error instanceof EtcdLockLostError) return;
      // A write that ran into the suspension fails as any call may; the next one tells.
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

async function isRefused(lock: EtcdLock, index: number): Promise<boolean> {
  try {
    await lock.put(`written/${index}`, "first, stale");
    return false;
  } catch (error) {
    return error instanceof EtcdLockLostError;
  }
}

await using client = new EtcdClient(request.endpoint, request.options);
await using c = await client.connect();
const locks = await Promise.all(Array.from({ length: request.locks }, async (_, i) => {
  return await c.lock(`jobs/${i}`, { session: await c.session({ ttl: request.ttl }) });
}));
const watching = locks.map(watchOver);
const writing = request.writes ? locks.map(writeOn) : [];
console.log(JSON.stringify({ pid: process.pid }));
const lastHeld = await Promise.all(watching);
await Promise.all(writing);
const refused = await Promise.all(locks.map(isRefused));
console.log(JSON.stringify({ lastHeld, refused } satisfies HolderReport));
