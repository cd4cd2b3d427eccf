/**
 * Keys, values and numbers at the edges.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import { bytesCodec, type EtcdCommunicator, EtcdError } from "../../../mod.ts";
import type { Row } from "../rig/trial/row.ts";
import type { Random } from "../rig/random.ts";
import type { Trial } from "../rig/trial/trial.ts";

/** Bytes: etcd's default for a request, its key and framing included. */
const REQUEST = 1.5 * 1024 * 1024;
/** Bytes that key, tags, lengths and the header of the server's own log entry take of it, at most. */
const FRAMING = 64;
/** etcd's default for a transaction. */
const OPERATIONS = 128;

type Bytes = EtcdCommunicator<Uint8Array>;

export const row: Row = {
  number: 26,
  title: "empty, \\0, 0xff keys; 1.5 MiB + 1 values; 129 operations; lease 2^62 + 1; revision > 2^53",
  promise: "byte-exact, or a typed error: mismatches = 0",
  async run(trial) {
    const server = await trial.server();
    const text = await trial.connect(server.endpoint, server.clientOptions);
    const c = trial.gate.watch(text.withCodec(bytesCodec), 10_000);
    await roundTrips(trial, c);
    await limits(trial, c, text.withCodec(bytesCodec));
    await numbers(trial, c);
  },
};

/** What is written is what is read, by every way of reading. */
async function roundTrips(trial: Trial, c: Bytes): Promise<void> {
  const keys = [
    Uint8Array.of(0),
    Uint8Array.of(0xff),
    Uint8Array.of(0xff, 0xff, 0xff),
    Uint8Array.of(0x61, 0, 0xff),
    ...Array.from({ length: 100 }, () => bytes(trial.random, 1 + trial.random.below(40))),
  ];
  let mismatches = 0;
  const same = (a: Uint8Array | null | undefined, b: Uint8Array) => {
    if (a == null || a.length !== b.length || a.some((byte, i) => byte !== b[i])) mismatches++;
  };
  for (const key of keys) {
    const value = bytes(trial.random, trial.random.pick([0, 1, 100, 20_000]));
    const watcher = c.watch(key);
    await watcher.ready;
    await c.put(key, value);
    same(await c.get(key), value);
    const entry = await c.getEntry(key);
    same(entry?.keyBytes, key);
    const { kvs } = await c.range({ prefix: key });
    same(kvs.find((kv) => kv.keyBytes.length === key.length)?.valueBytes, value);
    const { value: event } = await watcher[Symbol.asyncIterator]().next();
    same(event.kv.keyBytes, key);
    same(event.value, value);
    await watcher.close();
    const { deleted, prevKvs } = await c.delete(key, { prevKv: true });
    if (deleted !== 1) mismatches++;
    same(prevKvs[0]?.valueBytes, value);
  }
  trial.note("keys", keys.length);
  trial.figure("mismatches", mismatches, 0);
}

/**
 * The server's limits decide, and say so. An empty key is misuse.
 *
 * @param plain The same as `c`, without the watch over its errors.
 */
async function limits(trial: Trial, c: Bytes, plain: Bytes): Promise<void> {
  await assertRejects(() => plain.put(new Uint8Array(), bytes(trial.random, 1)), TypeError, "empty");
  const room = REQUEST - FRAMING;
  const largest = bytes(trial.random, room);
  await c.put("x", largest);
  assertEquals((await c.get("x"))?.length, room);
  const tooLarge = await failure(() => c.put("x", bytes(trial.random, REQUEST + 1)));
  assertEquals(tooLarge, "EtcdInvalidArgumentError REQUEST_TOO_LARGE no");
  const many = (count: number) =>
    c.txn((t) => Array.from({ length: count }, (_, i) => t.put(`t${i}`, new Uint8Array())));
  assertEquals((await many(OPERATIONS)).values.length, OPERATIONS);
  assertEquals(await failure(() => many(OPERATIONS + 1)), "EtcdInvalidArgumentError TOO_MANY_OPS no");
}

/** Numbers that no double holds. */
async function numbers(trial: Trial, c: Bytes): Promise<void> {
  const id = 2n ** 62n + 1n;
  const lease = await c.grantLease(60, { id });
  await c.put("leased", bytes(trial.random, 1), { lease: id });
  assertEquals([lease.id, (await c.getEntry("leased"))?.lease], [id, id]);
  assertEquals((await c.leaseTimeToLive(id, { keys: true })).keys, ["leased"]);
  await lease.revoke();
  assertEquals(await c.getEntry("leased"), null);
  const future = await failure(() => c.get("x", { revision: 2n ** 53n + 1n }));
  assertEquals(future, "EtcdOutOfRangeError FUTURE_REV no");
  const late = c.watch("x", { startRevision: 2n ** 53n + 1n });
  assertEquals([await late.ready, late.resumeRevision], [2n ** 53n, 2n ** 53n + 1n]);
  await late.close();
}

async function failure(call: () => Promise<unknown>): Promise<string> {
  try {
    await call();
    return "none";
  } catch (error) {
    return error instanceof EtcdError
      ? `${error.name} ${error.reason} ${error.maybeExecuted}`
      : String(error);
  }
}

function bytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.below(256));
}
