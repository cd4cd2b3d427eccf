import { assert, assertEquals, assertNotEquals, assertRejects } from "@std/assert";
import {
  type Compare,
  CompareKey,
  EtcdClient,
  EtcdCompactedError,
  EtcdError,
  EtcdInvalidArgumentError,
  EtcdLeaseNotFoundError,
  EtcdOutOfRangeError,
  jsonCodec,
} from "../../mod.ts";
import { ownerCompare } from "../../src/compare.ts";
import { EtcdCluster } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { withStore } from "./shared_store.ts";

const exists = (key: string) => new CompareKey(key).exists();

test("a transaction of two gets yields both values in order", () =>
  withStore(async (c) => {
    await c.put("cmpkey1", "foo");
    await c.put("cmpkey2", "baz");
    const { values } = await c.txn((t) => {
      t.get("cmpkey1");
      t.get("cmpkey2");
    });
    assertEquals(values, ["foo", "baz"]);
  }));

test("a comparison that holds runs the success branch, one that does not the failure branch", () =>
  withStore(async (c) => {
    await c.put("cmpkey1", "foo");
    await c.put("cmpkey2", "baz");
    const compareTo = (text: string) => [
      new CompareKey("cmpkey1").value.eq("foo"),
      new CompareKey("cmpkey2").value.gt(text),
    ];
    const run = (compares: Compare[]) =>
      c.txnCompare(compares, (success, failure) => ({
        success: [success.get("cmpkey1")],
        failure: [failure.put("failed", "yes")],
      }));
    const won = await run(compareTo("bar"));
    assert(won.succeeded);
    assertEquals(won.values[0], "foo");
    const lost = await run(compareTo("zoo"));
    assert(!lost.succeeded);
    assertEquals(lost.values[0].revision, lost.revision);
    assertEquals(await c.get("failed"), "yes");
  }));

test("every operation works in a transaction as it does alone", () =>
  withStore(async (c) => {
    await using lease = await c.grantLease(60);
    for (const key of ["a/1", "a/2", "b", "gone", "leased"]) await c.put(key, key);
    const before = (await c.range("b")).revision;
    const { values, revision, header } = await c.txn((t) => [
      t.get("b"),
      t.getEntry("nothing"),
      t.getPrefix("a/", { order: "descending" }),
      t.getRange("a", "b"),
      t.range({ all: true }, { limit: 1 }),
      t.count({ all: true }),
      t.put("b", "new", { prevKv: true }),
      t.setLease("leased", lease.id),
      t.delete("gone", { prevKv: true }),
      t.deletePrefix("a/"),
      t.deleteRange("x", "z"),
      t.get("b"),
    ]);
    const [b, nothing, prefix, range, first, count, put, leased, gone, deleted, none, after] = values;
    assertEquals([b, nothing, count, after], ["b", null, 5, "new"]);
    assertEquals([[...prefix.keys()], [...range.keys()]], [["a/2", "a/1"], ["a/1", "a/2"]]);
    assertEquals([first.kvs[0].key, first.more, first.count], ["a/1", true, 5]);
    assertEquals([first.revision, first.header], [before, { ...header, revision: before }]);
    assertEquals([put.prevKv?.value, put.revision, put.header], ["b", revision, header]);
    assertEquals([leased.revision, (await c.getEntry("leased"))?.lease], [revision, lease.id]);
    assertEquals([gone.deleted, gone.prevKvs[0].key], [1, "gone"]);
    assertEquals([deleted.deleted, none.deleted], [2, 0]);
    assertEquals(revision, before + 1n, "all of it is one revision");
  }));

test("compares tell keys that exist, are missing, and what is known of them", () =>
  withStore(async (c) => {
    await using lease = await c.grantLease(60);
    const { revision: created } = await c.put("k", "a");
    const { revision: changed } = await c.put("k", "b", { lease: lease.id });
    const k = new CompareKey("k");
    const missing = new CompareKey("missing");
    const holds = [
      k.exists(),
      k.value.eq("b"),
      k.value.ne("a"),
      k.value.gt("a"),
      k.value.lt("c"),
      k.value.eq(new Uint8Array([0x62])),
      k.version.eq(2n),
      k.version.gt(1n),
      k.createRevision.eq(created),
      k.createRevision.lt(changed),
      k.modRevision.eq(changed),
      k.modRevision.ne(created),
      k.lease.eq(lease.id),
      missing.missing(),
      missing.version.eq(0n),
      missing.modRevision.lt(1n),
      missing.lease.eq(0n),
    ];
    const fails = [
      k.missing(),
      k.value.eq("a"),
      k.value.lt("b"),
      k.version.lt(2n),
      k.lease.eq(0n),
      missing.exists(),
      missing.value.eq(""),
      missing.value.ne("x"),
      missing.value.lt("x"),
    ];
    const check = async (compare: Compare) => (await c.txnCompare([compare], () => {})).succeeded;
    for (const [i, compare] of holds.entries()) assertEquals(await check(compare), true, `holds ${i}`);
    for (const [i, compare] of fails.entries()) assertEquals(await check(compare), false, `fails ${i}`);
    assertEquals((await c.txnCompare(holds, () => {})).succeeded, true);
    assertEquals((await c.txnCompare([...holds, fails[0]], () => {})).succeeded, false);
    assertEquals((await c.txnCompare([], () => {})).succeeded, true);
  }));

test("a compare over a range holds when every key fulfils it; no key counts as one that does not exist", () =>
  withStore(async (c) => {
    await c.put("/a/1", "x");
    await c.put("/a/2", "x");
    await c.put("/ab", "y");
    const check = async (compare: Compare) => (await c.txnCompare([compare], () => {})).succeeded;
    const range = new CompareKey({ prefix: "/a/" });
    assertEquals(await check(range.value.eq("x")), true);
    assertEquals(await check(new CompareKey({ prefix: "/a" }).value.eq("x")), false);
    assertEquals([await check(range.exists()), await check(range.missing())], [true, false]);
    const empty = new CompareKey({ prefix: "/none/" });
    assertEquals([await check(empty.exists()), await check(empty.missing())], [false, true]);
    assertEquals([await check(empty.modRevision.lt(1n)), await check(empty.version.gt(0n))], [true, false]);
    assertEquals([await check(empty.value.eq("x")), await check(empty.value.ne("x"))], [false, false]);
  }));

test("transactions nest, and all compares see the store as it was before", () =>
  withStore(async (c) => {
    const { values: [put, nested] } = await c.txn((t) => [
      t.put("a", "1"),
      t.txnCompare([new CompareKey("a").missing()], (success, failure) => ({
        success: [
          success.get("a"),
          success.txnCompare([exists("b")], (_, f) => ({ failure: [f.count("a")] })),
        ],
        failure: [failure.put("b", "1")],
      })),
    ]);
    assert(nested.succeeded);
    const [seen, deepest] = nested.values;
    assertEquals(seen, "1", "operations see those before them");
    assert(!deepest.succeeded);
    assertEquals(deepest.values, [1]);
    assertEquals([nested.revision, deepest.header], [put.revision, put.header]);
  }));

test("in a namespace every key of a transaction is inside it, but an owner's", () =>
  withStore(async (c, root, prefix) => {
    await root.put("k", "outside");
    await c.put("k", "inside");
    const { values } = await c.txn((t) => [t.get("k"), t.getPrefix(""), t.count({ all: true })]);
    assertEquals(values, ["inside", new Map([["k", "inside"]]), 1]);
    const entry = await c.getEntry("k");
    const check = async (compare: Compare) => (await c.txnCompare([compare], () => {})).succeeded;
    assertEquals(await check(new CompareKey("k").value.eq("inside")), true);
    const owner = (key: string) => ownerCompare(new TextEncoder().encode(key), entry!.createRevision);
    assertEquals(await check(owner(`${prefix}k`)), true);
    assertEquals(await check(owner("k")), false);
  }));

test("values of a transaction go through the codec", () =>
  withStore(async (c) => {
    const json = c.withCodec(jsonCodec<number[]>());
    const { values: [, read] } = await json.txn((t) => [t.put("k", [1, 2]), t.get("k")]);
    assertEquals(read, [1, 2]);
  }));

test("a codec may use its array again for the next value", () =>
  withStore(async (c) => {
    const array = new Uint8Array(1);
    const numbers = c.withCodec<number>({
      encode(value) {
        array[0] = value;
        return array;
      },
      decode: ([value]) => value,
    });
    await numbers.txn((t) => [t.put("a", 1), t.put("b", 2)]);
    await Promise.all([numbers.put("c", 3), numbers.put("d", 4)]);
    assertEquals(await Promise.all(["a", "b", "c", "d"].map((key) => numbers.get(key))), [1, 2, 3, 4]);
  }));

test("more operations than the server takes, and a key written twice, are its typed errors", () =>
  withStore(async (c) => {
    const put = (count: number) =>
      c.txn((t) => {
        for (let i = 0; i < count; i++) t.put(`k${i}`, "v");
      });
    assertEquals((await put(128)).values.length, 128);
    const many = await assertRejects(() => put(129), EtcdInvalidArgumentError);
    assertEquals([many.reason, many.maybeExecuted], ["TOO_MANY_OPS", "no"]);
    const compares = Array.from({ length: 128 }, (_, i) => exists(`k${i}`));
    const reads = await c.txnCompare(compares, (s) => {
      for (let i = 0; i < 128; i++) s.get(`k${i}`, { serializable: true });
    });
    assertEquals(reads.values.length, 128, "what is added unseen never takes a transaction over the limit");
    const twice: Parameters<typeof c.txn>[0][] = [
      (t) => [t.put("k", "1"), t.put("k", "2")],
      (t) => [t.put("k", "1"), t.delete("k")],
      (t) => [t.deletePrefix(""), t.put("k", "1")],
    ];
    for (const build of twice) {
      const error = await assertRejects(() => c.txn(build), EtcdInvalidArgumentError);
      assertEquals([error.reason, error.maybeExecuted], ["DUPLICATE_KEY", "no"]);
    }
    assertEquals(await c.get("k"), null);
  }));

test("a transaction that is refused changes nothing", () =>
  withStore(async (c) => {
    const { revision } = await c.put("k", "1");
    await c.compact(revision);
    await assertRejects(
      () => c.txn((t) => [t.put("a", "1"), t.put("b", "1", { lease: 99n })]),
      EtcdLeaseNotFoundError,
    );
    await assertRejects(
      () => c.txn((t) => [t.put("a", "1"), t.setLease("nothing", 0n)]),
      EtcdInvalidArgumentError,
    );
    await assertRejects(
      () => c.txn((t) => [t.put("a", "1"), t.get("k", { revision: revision + 99n })]),
      EtcdOutOfRangeError,
    );
    await assertRejects(
      () => c.txn((t) => [t.put("a", "1"), t.get("k", { revision: revision - 1n })]),
      EtcdCompactedError,
    );
    assertEquals(await c.keysPrefix(""), ["k"]);
  }));

test("a member that is cut off answers no compares, but serializable reads", async () => {
  await using cluster = await EtcdCluster.start();
  const [alone, ...others] = cluster.servers;
  await using client = new EtcdClient(alone.endpoint, { ...cluster.clientOptions, requireLeader: false });
  await using c = await client.connect();
  await c.put("k", "v");
  for (const other of others) await other.pause();
  const serializable = { serializable: true };
  assertEquals(await c.get("k", serializable), "v");
  assertEquals((await c.txn((t) => [t.get("k", serializable)])).values, ["v"]);

  const compare = [new CompareKey("k").exists()];
  const timeout = { timeout: 500 };
  // A member answers what it was asked before it stopped.
  while (await c.get("k", timeout).then(() => true, () => false));
  const attempts = [
    () => c.get("k", timeout),
    () => c.txn((t) => [t.get("k")], timeout),
    () => c.txnCompare(compare, () => {}, timeout),
    () => c.txnCompare(compare, (s) => ({ success: [s.get("k", serializable)] }), timeout),
  ];
  for (const attempt of attempts) {
    const error = await assertRejects(attempt);
    assertNotEquals(EtcdError.from(error).maybeExecuted, "yes");
  }
  for (const other of others) await other.resume();
});
