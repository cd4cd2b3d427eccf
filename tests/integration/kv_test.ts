import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import {
  bytesCodec,
  EtcdCompactedError,
  EtcdDecodeError,
  EtcdInvalidArgumentError,
  EtcdLeaseNotFoundError,
  EtcdOutOfRangeError,
  EtcdTooManyRequestError,
  jsonCodec,
} from "../../mod.ts";
import { test } from "../harness.ts";
import { withStore } from "./shared_store.ts";

test("what is put is read, and a key that is not there is null", () =>
  withStore(async (c) => {
    const { revision, prevKv, header } = await c.put("testkey", "testvalue");
    assertEquals([prevKv, header.revision], [null, revision]);
    assertEquals(await c.get("testkey"), "testvalue");
    assertEquals(await c.get("nothing"), null);
    assertEquals(await c.getEntry("nothing"), null);
    const entry = await c.getEntry("testkey");
    assert(entry !== null);
    assertEquals([entry.key, entry.createRevision, entry.modRevision, entry.version, entry.lease], [
      "testkey",
      revision,
      revision,
      1n,
      0n,
    ]);
  }));

test("large and small values side by side are each put under their own key", () =>
  withStore(async (c) => {
    const valueOf = (i: number) => String(i).repeat(i % 2 === 0 ? 70_000 : 1);
    const keys = Array.from({ length: 40 }, (_, i) => `side/${i}`);
    await Promise.all(keys.map((key, i) => c.put(key, valueOf(i))));
    assertEquals(await Promise.all(keys.map((key) => c.get(key))), keys.map((_, i) => valueOf(i)));
    const { kvs } = await c.range({ prefix: "side/" });
    assertEquals(kvs.map(({ version }) => version), keys.map(() => 1n), "none was written twice");
  }));

test("any bytes are keys and values, and come back exactly", () =>
  withStore(async (c) => {
    const raw = c.withCodec(bytesCodec);
    const keys = [[0], [0, 0], [0x61, 0xff], [0xff], [0xff, 0xff], [0xc3, 0xa9]].map((key) =>
      new Uint8Array(key)
    );
    for (const key of keys) await raw.put(key, key);
    for (const key of keys) {
      const entry = await raw.getEntry(key);
      assertEquals([entry?.keyBytes, entry?.value, entry?.valueBytes], [key, key, key]);
    }
    const { kvs } = await raw.range({ all: true });
    assertEquals(kvs.map((kv) => kv.keyBytes), keys.toSorted((a, b) => compare(a, b)));
    for (const { keyBytes, value } of kvs) {
      assertStrictEquals(keyBytes.constructor, Uint8Array);
      assertStrictEquals(value.constructor, Uint8Array);
    }
    assertEquals((await raw.range({ prefix: new Uint8Array([0xff]) })).count, 2);
    await assertRejects(() => raw.getPrefix(""), EtcdDecodeError, "not UTF-8");
    await assertRejects(() => raw.keysPrefix(new Uint8Array([0xff])), EtcdDecodeError);
  }));

function compare(a: Uint8Array, b: Uint8Array): number {
  const shared = [...a.keys()].find((i) => a[i] !== b[i]);
  return shared === undefined || shared >= b.length ? a.length - b.length : a[shared] - b[shared];
}

test("get_prefix over /testdir", () =>
  withStore(async (c) => {
    for (const n of [1, 2, 3]) await c.put(`/testdir/key${n}`, `val${n}`);
    await c.put("/testdir0", "beyond");
    assertEquals([...await c.getPrefix("/testdir/")], [
      ["/testdir/key1", "val1"],
      ["/testdir/key2", "val2"],
      ["/testdir/key3", "val3"],
    ]);
    assertEquals(await c.keysPrefix("/testdir/", { limit: 2, order: "descending" }), [
      "/testdir/key3",
      "/testdir/key2",
    ]);
  }));

test("deletePrefix of /a/ never touches /ab", () =>
  withStore(async (c) => {
    for (const key of ["/a", "/a/", "/a/b", "/a0", "/ab"]) await c.put(key, "x");
    const { deleted, prevKvs } = await c.deletePrefix("/a/", { prevKv: true });
    assertEquals([deleted, prevKvs.map((kv) => [kv.key, kv.value])], [2, [["/a/", "x"], ["/a/b", "x"]]]);
    assertEquals(await c.keysPrefix(""), ["/a", "/a0", "/ab"]);
  }));

test("a delete tells how many keys there were", () =>
  withStore(async (c) => {
    for (const key of ["a", "b", "c", "d"]) await c.put(key, key);
    const one = await c.delete("a");
    assertEquals([one.deleted, one.prevKvs], [1, []]);
    const again = await c.delete("a", { prevKv: true });
    assertEquals([again.deleted, again.prevKvs, again.revision], [0, [], one.revision]);
    assertEquals((await c.deleteRange("b", "d")).deleted, 2);
    assertEquals((await c.delete({ all: true })).deleted, 1);
  }));

test("a range whose start equals its end is empty for reads and deletes", () =>
  withStore(async (c) => {
    await c.put("a", "x");
    assertEquals((await c.getRange("a", "a")).size, 0);
    assertEquals(await c.keysRange("a", "a"), []);
    assertEquals(await c.count({ start: "a", end: "a" }), 0);
    assertEquals((await c.range({ start: "a", end: "a" })).count, 0);
    assertEquals((await c.deleteRange("a", "a")).deleted, 0);
    assertEquals(await c.get("a"), "x");
  }));

test("ranges are from the start to before the end, and open without one", () =>
  withStore(async (c) => {
    for (const key of ["a", "b", "c", "d"]) await c.put(key, key);
    assertEquals([...(await c.getRange("b", "d")).keys()], ["b", "c"]);
    assertEquals(await c.keysRange("", "c"), ["a", "b"]);
    assertEquals(await c.count({ start: "c" }), 2);
    assertEquals(await c.count({ prefix: "" }), 4);
    assertEquals(await c.count("a"), 1);
    assertEquals(await c.count("nothing"), 0);
  }));

test("results are sorted by what is asked for", () =>
  withStore(async (c) => {
    await c.put("k1", "z");
    await c.put("k2", "a");
    await c.put("k3", "m");
    await c.put("k2", "b");
    const keys = async (options: Parameters<typeof c.keysPrefix>[1]) =>
      (await c.keysPrefix("k", options)).join();
    assertEquals(await keys({}), "k1,k2,k3");
    assertEquals(await keys({ order: "descending" }), "k3,k2,k1");
    assertEquals(await keys({ sortBy: "value" }), "k2,k3,k1");
    assertEquals(await keys({ sortBy: "value", order: "descending", limit: 1 }), "k1");
    assertEquals(await keys({ sortBy: "modRevision" }), "k1,k3,k2");
    assertEquals(await keys({ sortBy: "createRevision", order: "descending" }), "k3,k2,k1");
    assertEquals(await keys({ sortBy: "version", order: "descending", limit: 1 }), "k2");
    assertEquals([...(await c.getPrefix("k", { sortBy: "value" })).values()], ["b", "m", "z"]);
  }));

test("a limit cuts the answer, and the result says that there is more", () =>
  withStore(async (c) => {
    for (const key of ["a", "b", "c"]) await c.put(key, key);
    const cut = await c.range({ all: true }, { limit: 2 });
    assertEquals([cut.kvs.length, cut.count, cut.more], [2, 3, true]);
    const whole = await c.range({ all: true }, { limit: 3 });
    assertEquals([whole.kvs.length, whole.count, whole.more], [3, 3, false]);
    assertEquals((await c.range({ all: true }, { limit: 0 })).kvs.length, 3);
  }));

test("revision filters choose keys, and count ignores them", () =>
  withStore(async (c) => {
    const { revision: first } = await c.put("a", "1");
    const { revision: second } = await c.put("b", "1");
    const { revision: third } = await c.put("a", "2");
    const keys = async (options: Parameters<typeof c.keysPrefix>[1]) =>
      (await c.keysPrefix("", options)).join();
    assertEquals(await keys({ minModRevision: third }), "a");
    assertEquals(await keys({ maxModRevision: second }), "b");
    assertEquals(await keys({ minCreateRevision: second }), "b");
    assertEquals(await keys({ maxCreateRevision: first }), "a");
    assertEquals(await c.count({ all: true }, { minModRevision: third }), 2);
    assertEquals((await c.range({ all: true }, { minModRevision: third, limit: 1 })).count, 2);
    assertEquals(await c.get("b", { minModRevision: third }), null);
  }));

test("a range without values still tells what is known of the keys", () =>
  withStore(async (c) => {
    const { revision } = await c.put("a", "1");
    const { kvs: [kv] } = await c.range("a", { keysOnly: true });
    assertEquals([kv.key, kv.value, kv.valueBytes.length, kv.modRevision], ["a", null, 0, revision]);
  }));

test("the past can be read, until it is compacted, and the future cannot", () =>
  withStore(async (c) => {
    const { revision: before } = await c.put("a", "old");
    const { revision: after } = await c.put("a", "new");
    assertEquals(await c.get("a", { revision: before }), "old");
    const old = await c.range("a", { revision: before });
    assertEquals([old.revision, old.header.revision >= after], [before, true]);
    assertEquals(await c.get("a", { revision: 0n }), "new");

    await c.compact(after, { physical: true });
    const error = await assertRejects(() => c.get("a", { revision: before }), EtcdCompactedError);
    assertEquals([error.reason, error.maybeExecuted], ["COMPACTED", "no"]);
    await assertRejects(() => c.compact(after), EtcdCompactedError);
    const future = { revision: after + 1_000n };
    const tooFar = await assertRejects(() => c.get("a", future), EtcdOutOfRangeError);
    assertEquals([tooFar.reason, tooFar instanceof EtcdCompactedError], ["FUTURE_REV", false]);
    await assertRejects(() => c.compact(after + 1_000n), EtcdOutOfRangeError);
  }));

test("list, then follow: what range tells is where a watch can go on", () =>
  withStore(async (c) => {
    await c.put("a", "1");
    const { kvs, revision } = await c.range({ prefix: "" });
    const { revision: next } = await c.put("a", "2");
    assertEquals(kvs.map((kv) => kv.value), ["1"]);
    assert(kvs[0].modRevision <= revision && revision < next);
  }));

test("a put returns what was there before when asked", () =>
  withStore(async (c) => {
    assertEquals((await c.put("a", "1", { prevKv: true })).prevKv, null);
    const { prevKv } = await c.put("a", "2", { prevKv: true });
    assertEquals([prevKv?.key, prevKv?.value, prevKv?.version], ["a", "1", 1n]);
  }));

test("a key's lease is set, kept and taken off", () =>
  withStore(async (c) => {
    await using lease = await c.grantLease(60);
    const leaseOf = async () => (await c.getEntry("a"))?.lease;
    await c.put("a", "1", { lease: lease.id });
    assertEquals(await leaseOf(), lease.id);
    await c.put("a", "2", { ignoreLease: true });
    assertEquals(await leaseOf(), lease.id);
    await c.setLease("a", 0n);
    assertEquals([await leaseOf(), await c.get("a")], [0n, "2"]);
    await c.setLease("a", lease.id);
    assertEquals([await leaseOf(), await c.get("a")], [lease.id, "2"]);
    await c.put("a", "3");
    assertEquals(await leaseOf(), 0n, "a put without a lease detaches");
  }));

test("keeping the lease or the value of a key that is not there is refused", () =>
  withStore(async (c) => {
    for (const call of [() => c.setLease("a", 0n), () => c.put("a", "1", { ignoreLease: true })]) {
      const error = await assertRejects(call, EtcdInvalidArgumentError);
      assertEquals([error.reason, error.maybeExecuted], ["KEY_NOT_FOUND", "no"]);
    }
  }));

test("a lease that does not exist is refused, and nothing is written", () =>
  withStore(async (c) => {
    const error = await assertRejects(
      () => c.put("a", "1", { lease: 2n ** 62n + 1n }),
      EtcdLeaseNotFoundError,
    );
    assertEquals([error.reason, error.maybeExecuted], ["LEASE_NOT_FOUND", "no"]);
    assertEquals(await c.get("a"), null);
  }));

test("a message above maxSendBytes is refused before it is sent, one above the server's limit by the server", () =>
  withStore(async (c) => {
    await assertRejects(() => c.put("a", "v".repeat(2 ** 21)), RangeError, "maxSendBytes");
    const error = await assertRejects(() => c.put("a", "v".repeat(1.5 * 2 ** 20 + 1)));
    assert(error instanceof EtcdInvalidArgumentError || error instanceof EtcdTooManyRequestError);
    assertEquals([error.reason, error.maybeExecuted], ["REQUEST_TOO_LARGE", "no"]);
    assertEquals(await c.get("a"), null);
    const large = "v".repeat(2 ** 20);
    await c.put("a", large);
    assertEquals(await c.get("a"), large);
  }));

test("a signal that is aborted before the call rejects with its reason, and nothing is sent", () =>
  withStore(async (c) => {
    const reason = new Error("changed my mind");
    const signal = AbortSignal.abort(reason);
    const calls = [
      () => c.put("a", "1", { signal }),
      () => c.get("a", { signal }),
      () => c.delete({ all: true }, { signal }),
      () => c.count({ all: true }, { signal }),
      () => c.txn((t) => void t.put("a", "1"), { signal }),
    ];
    for (const call of calls) assertStrictEquals(await call().catch((error) => error), reason);
    assertEquals(await c.get("a"), null);
  }));

test("a timeout that is no time is refused before anything is sent", () =>
  withStore(async (c) => {
    for (const timeout of [NaN, -1, Infinity]) {
      await assertRejects(() => c.put("a", "1", { timeout }), RangeError, "timeout");
    }
    await assertRejects(() => c.put("a", "1", { timeout: "5" as unknown as number }), TypeError, "timeout");
    assertEquals(await c.get("a", { timeout: 0 }), null);
  }));

test("values go through the codec, and what it refuses is an EtcdDecodeError without the value", () =>
  withStore(async (c) => {
    const json = c.withCodec(jsonCodec<{ port: number }>());
    await json.put("a", { port: 2379 });
    assertEquals(await c.get("a"), '{"port":2379}');
    assertEquals(await json.get("a"), { port: 2379 });
    const { revision } = await c.put("a", "canary-7f3a");
    for (const call of [() => json.get("a"), () => json.getPrefix(""), () => json.range("a")]) {
      const error = await assertRejects(call, EtcdDecodeError);
      assertEquals([error.revision, error.issues], [revision, [{ message: "not JSON", path: [] }]]);
      assert(!`${error.stack}${JSON.stringify(error)}`.includes("canary"));
    }
    assertEquals((await json.range("a", { keysOnly: true })).count, 1);
    await assertRejects(() => json.delete("a", { prevKv: true }), EtcdDecodeError);
    assertEquals(await c.get("a"), null, "the deletion itself took place");
  }));

test("a namespace sees only its own keys, without its prefix", () =>
  withStore(async (c, root, prefix) => {
    await c.put("a", "in");
    await root.put(prefix.replace("/", "0"), "beyond");
    await root.put(`${prefix}b`, "also in");
    assertEquals(await c.keysPrefix(""), ["a", "b"]);
    assertEquals(await c.count({ start: "" }), 2);
    assertEquals((await c.namespace("x").range({ all: true })).kvs, []);
    const { prevKvs } = await c.delete({ all: true }, { prevKv: true });
    assertEquals(prevKvs.map((kv) => [kv.key, kv.value]), [["a", "in"], ["b", "also in"]]);
    assertEquals(await root.get(prefix.replace("/", "0")), "beyond");
    assertEquals((await c.put("a", "1", { prevKv: true })).prevKv, null);
    assertEquals((await c.put("a", "2", { prevKv: true })).prevKv?.key, "a");
  }));

test("ten thousand keys come in one answer", () =>
  withStore(async (c) => {
    for (let from = 0; from < 10_000; from += 100) {
      await c.txn((t) => {
        for (let i = from; i < from + 100; i++) t.put(String(i).padStart(5, "0"), "v".repeat(256));
      });
    }
    const map = await c.getPrefix("");
    assertEquals([map.size, [...map.keys()].at(-1)], [10_000, "09999"]);
  }));
