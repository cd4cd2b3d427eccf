/**
 * Keys, values and numbers at the edges.
 *
 * @module
 */

import { assertEquals, assertRejects } from "@std/assert";
import {
  bytesCodec,
  CompareKey,
  type EtcdCommunicator,
  EtcdCompactedError,
  EtcdDecodeError,
  EtcdError,
} from "../../../mod.ts";
import { ByteStore, edgeKeys } from "../rig/byte_store.ts";
import { farRevision } from "../rig/far_revision.ts";
import type { Row } from "../rig/trial/row.ts";
import type { Trial } from "../rig/trial/trial.ts";

/** Bytes: etcd's default for a request, its key and framing included. */
const REQUEST = 1.5 * 1024 * 1024;
/** Bytes that key, tags, lengths and the header of the server's own log entry take of it, at most. */
const FRAMING = 64;
/** etcd's default for a transaction. */
const OPERATIONS = 128;
/** The first number after which not every one is a double. */
const DOUBLES = 2n ** 53n;

type Bytes = EtcdCommunicator<Uint8Array>;

export const row: Row = {
  number: 26,
  title: "empty, \\0, 0xff keys; 1.5 MiB + 1 values; 129 operations; lease 2^62 + 1; revision > 2^53",
  promise: "byte-exact, or a typed error: mismatches = 0",
  async run(trial) {
    const server = await trial.server();
    const text = trial.use(await trial.client(server.endpoint, server.clientOptions).connect());
    const plain = text.withCodec(bytesCodec);
    const c = trial.gate.watch(plain, 10_000);
    await ranges(trial, c);
    await limits(trial, c, plain);
    await numbers(c);
    const far = await farRevision(trial, server, DOUBLES);
    await revisions(await trial.connect(far.endpoint, far.clientOptions));
  },
};

/** What is written is what is read, by every way of reading. */
async function ranges(trial: Trial, c: Bytes): Promise<void> {
  const { random } = trial;
  const store = new ByteStore();
  await using watcher = c.watch({ all: true });
  const first = await watcher.ready + 1n;
  for (const key of edgeKeys(random, trial.scale(100, 400))) {
    const value = random.bytes(random.pick([0, 1, 100, 20_000]));
    store.put(key, value);
    const { revision } = await c.put(key, value);
    store.sameEntry(await c.getEntry(key), key, revision);
    store.same(await c.get(key), value);
  }
  const batches = watcher.batches()[Symbol.asyncIterator]();
  for (const [key, value] of store.history) {
    const { value: { events: [event] } } = await batches.next();
    store.same(event.kv.keyBytes, key);
    store.same(event.value, value);
  }
  const selectors = Array.from({ length: trial.scale(100, 400) }, () => store.randomRange(random));
  for (const selector of selectors) {
    const expected = store.within(selector);
    const { kvs, count } = await c.range(selector);
    store.sameList(kvs, expected);
    store.sameList(await Array.fromAsync(c.entries(selector, { pageSize: 1 + random.below(5) })), expected);
    const { values: [inTxn] } = await c.txn((t) => [t.range(selector)]);
    store.sameList(inTxn.kvs, expected);
    if (count !== expected.length || await c.count(selector) !== expected.length) store.mismatches++;
  }
  for (const selector of selectors) {
    const { deleted, prevKvs } = await c.delete(selector, { prevKv: true });
    store.sameList(prevKvs, store.within(selector));
    if (deleted !== store.delete(selector)) store.mismatches++;
  }
  store.sameList((await c.range({ all: true })).kvs, store.within({ all: true }));
  store.sameList((await c.range({ all: true }, { revision: first })).kvs, store.history.slice(0, 1));
  await c.delete({ all: true });
  trial.note("keys", store.history.length);
  trial.figure("mismatches", store.mismatches, 0);
}

/**
 * The server's limits decide, and say so. An empty key is misuse.
 *
 * @param plain The same as `c`, without the watch over its errors.
 */
async function limits({ random }: Trial, c: Bytes, plain: Bytes): Promise<void> {
  const empty = new Uint8Array();
  for (const call of [() => plain.put(empty, empty), () => plain.get(empty), () => plain.delete("")]) {
    await assertRejects<Error>(call, TypeError, "empty");
  }
  const room = REQUEST - FRAMING;
  await c.put("x", random.bytes(room));
  assertEquals((await c.get("x"))?.length, room);
  const tooLarge = await failure(() => c.put("x", random.bytes(REQUEST + 1)));
  assertEquals(tooLarge, "EtcdInvalidArgumentError REQUEST_TOO_LARGE no");
  const many = (count: number) =>
    c.txn((t) => Array.from({ length: count }, (_, i) => t.put(`t${i}`, new Uint8Array())));
  assertEquals((await many(OPERATIONS)).values.length, OPERATIONS);
  assertEquals(await failure(() => many(OPERATIONS + 1)), "EtcdInvalidArgumentError TOO_MANY_OPS no");
  // What is no text is an error where text is asked for, and bytes all the same.
  await c.put("no text", Uint8Array.of(0xff));
  const text = plain.withCodec({
    encode: () => empty,
    decode: (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
  });
  await assertRejects(() => text.get("no text"), EtcdDecodeError);
}

/** Ids and revisions that no double holds, where the server is at small ones. */
async function numbers(c: Bytes): Promise<void> {
  for (const id of [DOUBLES + 1n, 2n ** 62n + 1n, 2n ** 63n - 1n]) {
    const lease = await c.grantLease(60, { id });
    await c.put("leased", new Uint8Array(), { lease: id });
    assertEquals([lease.id, (await c.getEntry("leased"))?.lease], [id, id]);
    assertEquals((await c.leaseTimeToLive(id, { keys: true })).keys, ["leased"]);
    assertEquals(await c.listLeases(), [id]);
    await c.keepLeaseAliveOnce(id);
    await lease.revoke();
    assertEquals(await c.getEntry("leased"), null);
  }
  const future = await failure(() => c.get("x", { revision: DOUBLES + 1n }));
  assertEquals(future, "EtcdOutOfRangeError FUTURE_REV no");
  const late = c.watch("x", { startRevision: DOUBLES + 1n });
  assertEquals([await late.ready, late.resumeRevision], [DOUBLES, DOUBLES + 1n]);
  await late.close();
}

/** A server whose own revisions no double holds: each of two neighbours is told from the other. */
async function revisions(c: EtcdCommunicator): Promise<void> {
  const { revision: at } = await c.put("a", "0");
  if (at <= DOUBLES) throw new Error(`The server is at revision ${at} only`);
  const watcher = c.watch("a", { startRevision: at });
  const rest = Array.from({ length: 4 }, (_, i) => BigInt(i + 1));
  for (const i of rest) assertEquals((await c.put("a", `${i}`)).revision, at + i);
  const batches = watcher.batches()[Symbol.asyncIterator]();
  for (const i of [0n, ...rest]) {
    assertEquals(await c.get("a", { revision: at + i }), `${i}`);
    const { value: { revision, events: [{ kv }] } } = await batches.next();
    const { createRevision, modRevision, version } = kv;
    assertEquals([revision, createRevision, modRevision, version], [at + i, at, at + i, i + 1n]);
    const { succeeded } = await c.txnCompare([new CompareKey("a").modRevision.eq(at + i)], () => ({}));
    assertEquals(succeeded, i === 4n);
  }
  assertEquals(watcher.resumeRevision, at + 5n);
  await watcher.close();
  const { kvs } = await c.range({ prefix: "a" }, { minModRevision: at + 4n, maxModRevision: at + 4n });
  assertEquals(kvs.length, 1);
  await c.compact(at + 3n);
  await c.get("a", { revision: at + 3n });
  assertEquals(await failure(() => c.get("a", { revision: at + 2n })), "EtcdCompactedError COMPACTED no");
  const old = c.watch("a", { startRevision: at + 2n })[Symbol.asyncIterator]();
  const { compactRevision } = await assertRejects(() => old.next(), EtcdCompactedError);
  assertEquals(compactRevision, at + 3n);
  await using lock = await c.lock("jobs");
  assertEquals(lock.fencingToken, (await c.range("a")).revision);
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
