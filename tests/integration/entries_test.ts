import { assert, assertEquals, assertRejects, assertStrictEquals } from "@std/assert";
import { delay } from "@std/async";
import { EtcdClient, type EtcdCommunicator, EtcdCompactedError, EtcdTimeoutError } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { withStore } from "./shared_store.ts";

/** Puts numbered keys, 100 in a transaction. */
async function fill(c: EtcdCommunicator, keys: number, value = "v"): Promise<void> {
  for (let from = 0; from < keys; from += 100) {
    await c.txn((t) => {
      for (let i = from; i < Math.min(keys, from + 100); i++) t.put(String(i).padStart(6, "0"), value);
    });
  }
}

async function collect<T>(iterable: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of iterable) all.push(item);
  return all;
}

test("entries read everything at one revision, in the order of the keys, while others write", () =>
  withStore(async (c) => {
    await fill(c, 250);
    const all = c.entries({ all: true }, { pageSize: 20 });
    const revision = await all.revision;
    await fill(c, 300, "later");
    const kvs = await collect(all);
    assertEquals(kvs.map((kv) => kv.key), Array.from({ length: 250 }, (_, i) => String(i).padStart(6, "0")));
    assert(kvs.every((kv) => kv.value === "v" && kv.modRevision <= revision));
  }));

test("entries keep to their selector, limit, revision and filters", () =>
  withStore(async (c) => {
    await fill(c, 100, "old");
    const { revision } = await c.put("000042", "new");
    const keys = async (...args: Parameters<typeof c.entries>) =>
      (await collect(c.entries(...args))).map((kv) => kv.key);
    assertEquals(
      await keys({ prefix: "00000" }, { pageSize: 3 }),
      Array.from({ length: 10 }, (_, i) => `00000${i}`),
    );
    assertEquals((await keys({ start: "000090" }, { pageSize: 3 })).length, 10);
    assertEquals(await keys("000042"), ["000042"]);
    assertEquals(await keys({ start: "a", end: "a" }), []);
    assertEquals((await keys({ all: true }, { limit: 7, pageSize: 3 })).length, 7);
    assertEquals(await keys({ all: true }, { minModRevision: revision, pageSize: 3 }), ["000042"]);
    const before = await collect(c.entries("000042", { revision: revision - 1n }));
    assertEquals(before.map((kv) => kv.value), ["old"]);
    const [first] = await collect(c.entries({ all: true }, { limit: 1, keysOnly: true }));
    assertEquals([first.key, first.value], ["000000", null]);
  }));

test("progress ends at the number of keys in the range", () =>
  withStore(async (c) => {
    await fill(c, 300);
    const seen: number[] = [];
    const totals = new Set<number>();
    await collect(c.entries({ all: true }, {
      onPage: (progress) => {
        seen.push(progress.seen);
        totals.add(progress.total);
      },
    }));
    assertEquals([seen, [...totals]], [[32, 160, 300], [300]]);
  }));

test("values of many sizes come through pages of a bounded size", () =>
  withStore(async (c) => {
    const sizes = [1, 2 ** 20, 10, 2 ** 20, 2 ** 18, 1, 1, 2 ** 20, 2 ** 10];
    for (const [i, size] of sizes.entries()) await c.put(`k${i}`, "v".repeat(size));
    const kvs = await collect(c.entries({ all: true }, { pageSize: 2 }));
    assertEquals(kvs.map((kv) => kv.value.length), sizes);
  }, { maxReceiveBytes: 2 ** 20 + 2 ** 16 }));

test("compaction on the way rejects, after what was read before", () =>
  withStore(async (c) => {
    await fill(c, 1_000);
    const keys: string[] = [];
    const error = await assertRejects(async () => {
      for await (const { key } of c.entries({ all: true }, { pageSize: 2 })) {
        keys.push(key);
        if (keys.length === 1) await c.compact((await c.put("later", "x")).revision, { physical: true });
      }
    }, EtcdCompactedError);
    assertEquals(error.reason, "COMPACTED");
    assert(keys.length < 1_000);
  }));

test("entries are those that were asked for, whatever becomes of the selector's bytes", () =>
  withStore(async (c) => {
    await c.put("a/1", "x");
    await c.put("b/1", "y");
    const prefix = new TextEncoder().encode("a/");
    const entries = c.entries({ prefix });
    prefix[0]++;
    assertEquals((await collect(entries)).map(({ key }) => key), ["a/1"]);
  }));

test("a signal rejects with its reason, leaving the loop ends quietly", () =>
  withStore(async (c) => {
    await fill(c, 200);
    const controller = new AbortController();
    const reason = new Error("enough");
    let count = 0;
    const error = await collect(
      (async function* () {
        for await (const kv of c.entries({ all: true }, { signal: controller.signal, pageSize: 10 })) {
          if (++count === 15) controller.abort(reason);
          yield kv;
        }
      })(),
    ).catch((error) => error);
    assertStrictEquals(error, reason);
    assertEquals(count, 15);
    for await (const { key } of c.entries({ all: true }, { pageSize: 10 })) {
      assertEquals(key, "000000");
      break;
    }
  }));

test("the timeout is that of a page, not of the iteration", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, timeout: 3_000 });
  await using c = await client.connect();
  await fill(c, 10);
  let count = 0;
  for await (const _ of c.entries({ all: true }, { pageSize: 2 })) {
    if (count++ === 0) await delay(3_100);
  }
  assertEquals(count, 10);
  await server.pause();
  const late = c.entries({ all: true }, { timeout: 50 });
  await assertRejects(() => collect(late), EtcdTimeoutError);
  await assertRejects(() => late.revision, EtcdTimeoutError);
  await server.resume();
});

test("entries of a closed communicator reject", () =>
  withStore(async (c, root) => {
    const all = c.entries({ all: true });
    await root.close();
    await assertRejects(() => all.revision, TypeError, "closed");
    await assertRejects(() => collect(all), TypeError, "closed");
  }));
