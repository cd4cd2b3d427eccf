import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdClient, type EtcdCommunicator, EtcdWatchOverflowError } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { gaugeReaches } from "./watch_history.ts";

const KEYS = 20;

/** A transaction of about 1.4 MiB, close to the server's limit. */
async function putLarge(c: EtcdCommunicator, round: number): Promise<void> {
  await c.txn((t) => Array.from({ length: KEYS }, (_, i) => t.put(`k${i}`, `${round}`.repeat(70_000))));
}

test("revisions that come in fragments are delivered whole", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const live = c.watchPrefix("k", { prevKv: true });
  await live.ready;
  for (let round = 0; round < 6; round++) await putLarge(c, round);
  const late = c.watchPrefix("k", { prevKv: true, startRevision: 1n });
  for (const watcher of [live, late]) {
    let round = 0;
    for await (const { events } of watcher.batches()) {
      assertEquals(
        events.map((event) => event.key).sort(),
        Array.from({ length: KEYS }, (_, i) => `k${i}`).sort(),
      );
      assert(events.every((event) => event.value === `${round}`.repeat(70_000)));
      assert(
        events.every((event) => event.prevValue === (round === 0 ? null : `${round - 1}`.repeat(70_000))),
      );
      if (++round === 6) break;
    }
  }
});

test("a slow reader holds back only itself, and misses nothing", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const slow = c.watchPrefix("k", { maxBufferedBytes: 3 * 2 ** 20 });
  const tiny = c.watchPrefix("k", { maxBufferedBytes: 1 });
  const quick = c.watchPrefix("k");
  await Promise.all([slow.ready, tiny.ready, quick.ready]);
  const flowing = quick.batches()[Symbol.asyncIterator]();
  for (let round = 0; round < 9; round++) {
    await putLarge(c, round);
    assertEquals((await flowing.next()).value.events[0].value[0], `${round}`);
  }
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 1);
  for (const watcher of [slow, tiny]) {
    const rounds: string[] = [];
    for await (const { events } of watcher.batches()) {
      assertEquals(events.length, KEYS);
      rounds.push(events[0].value![0]);
      if (rounds.length === 9) break;
    }
    assertEquals(rounds.join(""), "012345678");
  }
  await quick.close();
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 0);
});

test("a slow reader can ask for an error instead", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const watcher = c.watchPrefix("k", { maxBufferedBytes: 3 * 2 ** 20, onOverflow: "error" });
  await watcher.ready;
  for (let round = 0; round < 4; round++) await putLarge(c, round);
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 0);
  let delivered = 0;
  await assertRejects(async () => {
    for await (const _ of watcher.batches()) delivered++;
  }, EtcdWatchOverflowError);
  assertEquals(delivered, 2);
  const rest = c.watchPrefix("k", { startRevision: watcher.resumeRevision });
  for await (const { events } of rest.batches()) {
    assertEquals(events[0].value![0], "2");
    break;
  }
});
