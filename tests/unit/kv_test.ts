import { assertEquals, assertRejects } from "@std/assert";
import type { DeleteRangeRequest, PutRequest } from "../../proto/gen/kv.ts";
import { encodeText as text } from "../../src/bytes.ts";
import type { Codec } from "../../src/codec.ts";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import * as kv from "../../src/kv.ts";
import type { ReadOptions, SortOptions } from "../../src/kv.ts";
import type { KeyRange } from "../../src/keys.ts";
import { test } from "../harness.ts";
import { fakeScope, HEADER, onlyRequest } from "./fake_scope.ts";

const stored = (key: string | Uint8Array, value: string) => ({
  key: typeof key === "string" ? text(key) : key,
  value: text(value),
  createRevision: 2n,
  modRevision: 3n,
  version: 1n,
  lease: 0n,
});

test("keys in their natural order are asked for without sorting", async () => {
  for (
    const options of [{}, { order: "ascending" }, { sortBy: "key" }, {
      sortBy: "key",
      order: "ascending",
    }] as const
  ) {
    const fake = fakeScope();
    await kv.range(fake.scope, { all: true }, options);
    const { sortOrder, sortTarget } = onlyRequest(fake);
    assertEquals([sortOrder, sortTarget], [0, 0]);
  }
});

test("sortBy alone is ascending, and order alone is by key", async () => {
  const rows: [SortOptions, number, number][] = [
    [{ sortBy: "version" }, 1, 1],
    [{ sortBy: "createRevision" }, 1, 2],
    [{ sortBy: "modRevision", order: "ascending" }, 1, 3],
    [{ sortBy: "value", order: "descending" }, 2, 4],
    [{ order: "descending" }, 2, 0],
  ];
  for (const [options, order, target] of rows) {
    const fake = fakeScope();
    await kv.getPrefix(fake.scope, "a", options);
    const { sortOrder, sortTarget } = onlyRequest(fake);
    assertEquals([sortOrder, sortTarget], [order, target]);
  }
});

test("reads are linearizable and may be repeated; serializable ones need no leader", async () => {
  const linearizable = fakeScope();
  await kv.get(linearizable.scope, "k");
  assertEquals(onlyRequest(linearizable).serializable, false);
  assertEquals([linearizable.calls[0].options.idempotent, linearizable.calls[0].options.requireLeader], [
    true,
    undefined,
  ]);
  const serializable = fakeScope();
  await kv.count(serializable.scope, "k", { serializable: true });
  assertEquals(onlyRequest(serializable).serializable, true);
  assertEquals(serializable.calls[0].options.requireLeader, false);
});

test("writes must not be repeated", async () => {
  const fake = fakeScope();
  await kv.put(fake.scope, "k", "v");
  await kv.setLease(fake.scope, "k", 5n);
  await kv.deleteKeys(fake.scope, "k");
  await kv.compact(fake.scope, 5n);
  assertEquals(fake.calls.map(({ options }) => options.idempotent), [false, false, false, false]);
});

test("signal and timeout go with the call, and nothing else does", async () => {
  const fake = fakeScope();
  const { signal } = new AbortController();
  await kv.put(fake.scope, "k", "v", { signal, timeout: 7, prevKv: true });
  assertEquals(fake.calls[0].options, { signal, timeout: 7, idempotent: false });
});

test("a read of keys or of a count asks for no values", async () => {
  const shapes = await Promise.all([
    (fake = fakeScope()) => kv.keysPrefix(fake.scope, "a").then(() => onlyRequest(fake)),
    (fake = fakeScope()) => kv.range(fake.scope, "a", { keysOnly: true }).then(() => onlyRequest(fake)),
    (fake = fakeScope()) => kv.count(fake.scope, "a").then(() => onlyRequest(fake)),
    (fake = fakeScope()) => kv.range(fake.scope, "a").then(() => onlyRequest(fake)),
  ].map((call) => call()));
  assertEquals(shapes.map(({ keysOnly, countOnly }) => [keysOnly, countOnly]), [
    [true, false],
    [true, false],
    [false, true],
    [false, false],
  ]);
});

test("revision and filters are sent as they are", async () => {
  const fake = fakeScope();
  const options = { revision: 2n ** 62n, minModRevision: 1n, maxModRevision: 2n, minCreateRevision: 3n };
  await kv.range(fake.scope, "a", { ...options, maxCreateRevision: 4n, limit: 5 });
  const { revision, minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, limit } =
    onlyRequest(
      fake,
    );
  assertEquals([revision, minModRevision, maxModRevision, minCreateRevision, maxCreateRevision, limit], [
    2n ** 62n,
    1n,
    2n,
    3n,
    4n,
    5n,
  ]);
});

test("a put says its lease, or that it keeps the present one", async () => {
  const rows: [kv.PutOptions, Partial<PutRequest>][] = [
    [{}, { lease: 0n, ignoreLease: false, ignoreValue: false, prevKv: false }],
    [{ lease: -5n, prevKv: true }, { lease: -5n, ignoreLease: false, prevKv: true }],
    [{ ignoreLease: true }, { lease: 0n, ignoreLease: true }],
  ];
  for (const [options, expected] of rows) {
    const fake = fakeScope();
    await kv.put(fake.scope, "k", "v", options);
    const request = onlyRequest<PutRequest>(fake);
    assertEquals({ ...request, ...expected }, request);
  }
  const fake = fakeScope();
  await kv.setLease(fake.scope, "k", 0n);
  const { lease, ignoreValue, value } = onlyRequest<PutRequest>(fake);
  assertEquals([lease, ignoreValue, value.length], [0n, true, 0]);
});

test("misuse rejects, and nothing is sent", async () => {
  const fake = fakeScope();
  const { scope } = fake;
  const loosely = <T>(value: unknown) => value as T;
  const typeErrors = [
    () => kv.put(scope, "", "v"),
    () => kv.put(scope, "k\ud800", "v"),
    () => kv.put(scope, "k", "\ud800"),
    () => kv.put(scope, "k", loosely(5)),
    () => kv.put(scope, "k", "v", { lease: 1n, ignoreLease: true }),
    () => kv.put(scope, "k", "v", { lease: loosely(1) }),
    () => kv.put(scope, "k", "v", { prevKv: loosely("yes") }),
    () => kv.put(scope, "k", "v", { ignoreLease: loosely(1) }),
    () => kv.setLease(scope, "k", loosely(undefined)),
    () => kv.get(scope, ""),
    () => kv.get(scope, "k", { revision: loosely(3) }),
    () => kv.get(scope, "k", { serializable: loosely("no") }),
    () => kv.getEntry(scope, loosely(undefined)),
    () => kv.getRange(scope, "a", loosely(undefined)),
    () => kv.keysRange(scope, "a", loosely(undefined)),
    () => kv.getPrefix(scope, loosely(undefined)),
    () => kv.getPrefix(scope, "a", { sortBy: loosely("name") }),
    () => kv.getPrefix(scope, "a", { sortBy: loosely("toString") }),
    () => kv.getPrefix(scope, "a", { order: loosely("upwards") }),
    () => kv.range(scope, { start: "a", end: undefined } as KeyRange),
    () => kv.range(scope, "a", { limit: loosely("5") }),
    () => kv.range(scope, "a", { keysOnly: loosely(1) }),
    () => kv.count(scope, loosely({})),
    () => kv.deleteKeys(scope, ""),
    () => kv.deleteKeys(scope, "k", { prevKv: loosely(0) }),
    () => kv.deleteRange(scope, "a", loosely(undefined)),
    () => kv.compact(scope, loosely(3)),
    () => kv.compact(scope, 3n, { physical: loosely("true") }),
  ];
  for (const call of typeErrors) await assertRejects(call, TypeError, "Cannot ");
  const rangeErrors = [
    () => kv.getRange(scope, "b", "a"),
    () => kv.deleteRange(scope, "b", "a"),
    () => kv.count(scope, { start: "b", end: "a" }),
    () => kv.range(scope, "a", { limit: -1 }),
    () => kv.range(scope, "a", { limit: 1.5 }),
    () => kv.range(scope, "a", { limit: NaN }),
    () => kv.get(scope, "k", { revision: -1n }),
    () => kv.get(scope, "k", { revision: 2n ** 63n }),
    () => kv.getPrefix(scope, "a", { minModRevision: -1n }),
    () => kv.put(scope, "k", "v", { lease: 2n ** 63n }),
    () => kv.compact(scope, -1n),
  ];
  for (const call of rangeErrors) await assertRejects(call, RangeError, "Cannot use");
  assertEquals(fake.calls, []);
});

test("a closed communicator refuses every call", async () => {
  const { scope, calls } = fakeScope();
  await scope.resources.close();
  const attempts = [
    () => kv.put(scope, "k", "v"),
    () => kv.setLease(scope, "k", 1n),
    () => kv.get(scope, "k"),
    () => kv.getEntry(scope, "k"),
    () => kv.getPrefix(scope, "k"),
    () => kv.getRange(scope, "a", "b"),
    () => kv.keysPrefix(scope, "k"),
    () => kv.keysRange(scope, "a", "b"),
    () => kv.range(scope, "k"),
    () => kv.count(scope, "k"),
    () => kv.deleteKeys(scope, "k"),
    () => kv.deletePrefix(scope, "k"),
    () => kv.deleteRange(scope, "a", "b"),
    () => kv.compact(scope, 1n),
  ];
  for (const attempt of attempts) await assertRejects(attempt, TypeError, "closed");
  assertEquals(calls, []);
});

test("options that a method does not have do not change what it asks for", async () => {
  const fake = fakeScope();
  await kv.getPrefix(fake.scope, "a", { keysOnly: true, countOnly: true } as ReadOptions);
  assertEquals([onlyRequest(fake).keysOnly, onlyRequest(fake).countOnly], [false, false]);
});

test("a codec that makes no bytes is refused", async () => {
  const codec = { encode: () => "text", decode: () => "" } as unknown as Codec<string>;
  const fake = fakeScope();
  await assertRejects(() => kv.put({ ...fake.scope, codec }, "k", "v"), TypeError, "the codec made string");
  assertEquals(fake.calls, []);
});

test("in a namespace keys go in with its prefix and come out without it", async () => {
  const fake = fakeScope(() => ({
    header: HEADER,
    kvs: [stored("ns/b", "2"), stored("ns/a", "1")],
    prevKvs: [],
  }));
  const scope = { ...fake.scope, keys: fake.scope.keys.below("ns/") };
  assertEquals([...await kv.getPrefix(scope, "")], [["b", "2"], ["a", "1"]], "in the order of the answer");
  assertEquals(await kv.keysPrefix(scope, ""), ["b", "a"]);
  await kv.deleteKeys(scope, { all: true });
  const requests = fake.calls.map(({ request }) => request as DeleteRangeRequest);
  for (const { key, rangeEnd } of requests) assertEquals([key, rangeEnd], [text("ns/\0"), text("ns0")]);
});

test("a Map or a list of keys refuses a key that is not UTF-8, since two could collide", async () => {
  const odd = new Uint8Array([0x61, 0xff]);
  const { scope } = fakeScope(() => ({ header: HEADER, kvs: [stored(odd, "v")] }));
  const error = await assertRejects(() => kv.getPrefix(scope, "a"), EtcdDecodeError);
  assertEquals(error.keyBytes, odd);
  await assertRejects(() => kv.keysRange(scope, "a", "b"), EtcdDecodeError);
  assertEquals((await kv.range(scope, { prefix: "a" })).kvs[0].keyBytes, odd);
});

test("a key named __proto__ is a key like any other", async () => {
  const { scope } = fakeScope(() => ({ header: HEADER, kvs: [stored("__proto__", "v")] }));
  const map = await kv.getPrefix(scope, "");
  assertEquals([map.get("__proto__"), Object.getPrototypeOf(map)], ["v", Map.prototype]);
});

test("a range tells the revision that it was read at", async () => {
  const { scope } = fakeScope();
  assertEquals((await kv.range(scope, "a")).revision, HEADER.revision);
  assertEquals((await kv.range(scope, "a", { revision: 0n })).revision, HEADER.revision);
  const old = await kv.range(scope, "a", { revision: 4n });
  assertEquals([old.revision, old.header.revision], [4n, HEADER.revision]);
});

test("results become JSON", async () => {
  const { scope } = fakeScope(() => ({
    header: HEADER,
    kvs: [stored("k", "v")],
    prevKvs: [stored("k", "v")],
    prevKv: stored("k", "v"),
    more: false,
    count: 1n,
    deleted: 1n,
  }));
  const header = { clusterId: "1", memberId: "2", revision: "9", raftTerm: "3" };
  const entry = { key: "k", value: "v", createRevision: "2", modRevision: "3", version: "1", lease: "0" };
  const plain = (result: unknown) => JSON.parse(JSON.stringify(result));
  assertEquals(plain(await kv.range(scope, "k")), {
    kvs: [entry],
    count: 1,
    more: false,
    revision: "9",
    header,
  });
  assertEquals(plain(await kv.put(scope, "k", "v")), { revision: "9", prevKv: entry, header });
  assertEquals(plain(await kv.deleteKeys(scope, "k")), {
    deleted: 1,
    revision: "9",
    prevKvs: [entry],
    header,
  });
});
