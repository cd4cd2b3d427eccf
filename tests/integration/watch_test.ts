import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdClient, EtcdCompactedError, EtcdTimeoutError, type WatchEvent } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { gauge, gaugeReaches, tellsProgress } from "./watch_history.ts";

/** Reads so many events, briefly. */
async function take<V>(watcher: AsyncIterable<WatchEvent<V>>, count: number): Promise<unknown[][]> {
  const seen: unknown[][] = [];
  for await (const event of watcher) {
    seen.push([event.type, event.key, event.value, event.prevValue]);
    if (seen.length === count) break;
  }
  return seen;
}

test("a watch delivers puts and deletions, with what was there before", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const all = c.watchPrefix("k", { prevKv: true });
  const deletions = c.watchPrefix("k", { types: ["DELETE"] });
  const puts = c.watchPrefix("k", { types: ["PUT"] });
  await Promise.all([all.ready, deletions.ready, puts.ready]);
  await c.put("other", "x");
  await c.put("k1", "a");
  await c.put("k1", "b");
  await c.delete({ prefix: "k" });
  await c.put("k2", "c");
  assertEquals(await take(all, 4), [
    ["PUT", "k1", "a", null],
    ["PUT", "k1", "b", "a"],
    ["DELETE", "k1", null, "b"],
    ["PUT", "k2", "c", null],
  ]);
  assertEquals(await take(deletions, 1), [["DELETE", "k1", null, null]]);
  assertEquals((await take(puts, 3)).map((event) => event[2]), ["a", "b", "c"]);
});

test("list, then follow, misses nothing", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await c.put("k1", "old");
  const { kvs, revision } = await c.range({ prefix: "k" });
  await c.put("k2", "new");
  const watcher = c.watchPrefix("k", { startRevision: revision + 1n });
  assertEquals(await watcher.ready, revision);
  await c.put("k3", "newer");
  assertEquals(kvs.map((kv) => kv.key), ["k1"]);
  assertEquals((await take(watcher, 2)).map((event) => event[1]), ["k2", "k3"]);
});

test("a watch may start in the past and in the future", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  for (const value of ["a", "b", "c"]) await c.put("k", value);
  const past = c.watch("k", { startRevision: 1n });
  const future = c.watch("k", { startRevision: 6n });
  await Promise.all([past.ready, future.ready]);
  await c.put("k", "d");
  await c.put("k", "e");
  assertEquals((await take(past, 5)).map((event) => event[2]), ["a", "b", "c", "d", "e"]);
  assertEquals((await take(future, 1)).map((event) => event[2]), ["e"]);
  assertEquals(past.resumeRevision, 7n);
});

test("a watch in a namespace sees nothing outside of it", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const inside = c.namespace("app/");
  const watcher = inside.watch({ all: true }, { prevKv: true });
  await watcher.ready;
  await c.put("app", "outside");
  await c.put("app0", "outside");
  await inside.put("k", "inside");
  await c.put("app/k", "inside too");
  assertEquals(await take(watcher, 2), [["PUT", "k", "inside", null], ["PUT", "k", "inside too", "inside"]]);
});

test("a transaction arrives as one batch", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const watcher = c.watchPrefix("k");
  await watcher.ready;
  await c.txn((t) => [t.put("k1", "a"), t.put("k2", "b"), t.put("other", "x")]);
  await c.txn((t) => [t.delete("k1"), t.put("k2", "c")]);
  const batches = watcher.batches()[Symbol.asyncIterator]();
  assertEquals((await batches.next()).value.events.map((event: WatchEvent<string>) => event.key), [
    "k1",
    "k2",
  ]);
  const { value: second } = await batches.next();
  assertEquals(second.events.map((event: WatchEvent<string>) => event.type), ["DELETE", "PUT"]);
});

test("a start that was compacted away is an error, and the server forgets the watcher", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  for (let i = 0; i < 10; i++) await c.put("k", `${i}`);
  await c.compact(8n);
  const watcher = c.watch("k", { startRevision: 3n });
  const error = await assertRejects(() => take(watcher, 1), EtcdCompactedError);
  assertEquals(error.compactRevision, 8n);
  assertEquals((await take(c.watch("k", { startRevision: error.compactRevision }), 4)).length, 4);
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 0);
});

test("requestProgress tells that nothing is missing", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const seen: bigint[] = [];
  const watcher = c.watch("quiet", { onProgress: (revision) => seen.push(revision) });
  await watcher.ready;
  assertEquals(await watcher.requestProgress(), 1n);
  const { revision } = await c.put("other", "x");
  const ahead = c.watch("ahead", { startRevision: revision + 1n });
  await ahead.ready;
  if (!tellsProgress(server)) {
    await assertRejects(() => watcher.requestProgress({ timeout: 300 }), EtcdTimeoutError);
    assertEquals([seen, watcher.resumeRevision], [[], 2n], "what may overtake events is not believed");
    return;
  }
  assertEquals(await watcher.requestProgress(), revision, "though another watcher is ahead of the store");
  assertEquals([seen, watcher.resumeRevision], [[revision], revision + 1n]);
});

test("progress under load never runs ahead of what was delivered", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const watcher = c.watchPrefix("k");
  await watcher.ready;
  let delivered = 0n;
  const reading = (async () => {
    for await (const event of watcher) delivered = event.revision;
  })();
  const writing = Promise.all(Array.from({ length: 400 }, (_, i) => c.put(`k${i}`, "v")));
  for (let i = 0; i < 10; i++) {
    const { revision } = await c.put("k", `${i}`);
    const progress = await watcher.requestProgress();
    assert(progress >= revision && delivered >= revision && watcher.resumeRevision > progress);
  }
  await writing;
  await watcher.close();
  await reading;
});

test("thousands of watchers share one stream", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const count = 3_000;
  const watchers = Array.from({ length: count }, (_, i) => c.watch(`k${i}`));
  await Promise.all(watchers.map((watcher) => watcher.ready));
  assertEquals(await gauge(server, "etcd_debugging_mvcc_watcher_total"), count);
  assertEquals(await gauge(server, "etcd_debugging_mvcc_watch_stream_total"), 1);
  const events = Promise.all(watchers.map((watcher) => take(watcher, 1)));
  for (let i = 0; i < count; i += 100) {
    await c.txn((t) => Array.from({ length: 100 }, (_, j) => t.put(`k${i + j}`, `v${i + j}`)));
  }
  assertEquals((await events).map(([event]) => event[2]), watchers.map((_, i) => `v${i}`));
});

test("watchers that were opened and closed leave nothing on the server", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const kept = c.watch("kept");
  await kept.ready;
  for (let i = 0; i < 1_000; i++) {
    const watcher = c.watch(`k${i}`);
    if (i % 2 === 0) await watcher.ready;
    await watcher.close();
  }
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 1);
  await kept.close();
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 0);
  await gaugeReaches(server, "etcd_debugging_mvcc_watch_stream_total", 0);
});
