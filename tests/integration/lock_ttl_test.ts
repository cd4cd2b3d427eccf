import { assert, assertEquals, assertRejects } from "@std/assert";
import { EtcdClient, type EtcdLock, EtcdLockLostError } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

test("a lock with a ttl counts it from its acquisition: three in a row acquire at 0, 3 and 6 s", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const started = performance.now();
  const acquired: number[] = [];
  const locks: EtcdLock[] = [];
  await Promise.all([0, 1, 2].map(async () => {
    locks.push(await c.lock("jobs", { ttl: 3 }));
    acquired.push((performance.now() - started) / 1000);
  }));
  // What is acquired is said a round trip later, so a difference can be that much short of the ttl.
  assert(acquired[1] >= acquired[0] + 2, `acquired at ${acquired}`);
  assert(acquired[2] >= acquired[1] + 2, `acquired at ${acquired}`);
  assertEquals(locks.map((lock) => lock.signal.aborted), [true, true, false]);
  const tokens = locks.map((lock) => lock.fencingToken);
  assertEquals(tokens, tokens.toSorted((a, b) => Number(a - b)));
  await locks[2].release();
  assertEquals(await c.listLeases(), []);
});

test("a waiter's lease is kept alive beyond the ttl, which begins with the acquisition", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  const waiting = c.lock("jobs", { ttl: 2 });
  await new Promise((resolve) => setTimeout(resolve, 4_000));
  const released = performance.now();
  await held.release();
  const lock = await waiting;
  const reason = await aborted(lock.signal);
  assert(performance.now() - released >= 1_990, "the whole ttl, though it had waited for two");
  assert(reason instanceof EtcdLockLostError);
  await assertRejects(() => lock.put("k", "v"), EtcdLockLostError);
  await lock.release();
  assertEquals([await c.keysPrefix(""), await c.listLeases()], [[], []]);
});

test("the lease of a lock with a ttl is renewed a last time at the acquisition", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  const waiting = c.lock("jobs", { ttl: 9 });
  await new Promise((resolve) => setTimeout(resolve, 2_500));
  await held.release();
  await using lock = await waiting;
  const { ttl } = await c.leaseTimeToLive(lock.lease);
  assert(ttl >= 7, `${ttl} s left, although the next renewal was not due before 3 s`);
});

test("a lock whose ttl the server raises is still released after the ttl that was asked for", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lock = await c.lock("jobs", { ttl: 1 });
  assert((await c.leaseTimeToLive(lock.lease)).grantedTtl > 1);
  await aborted(lock.signal);
  const status = await c.leaseTimeToLive(lock.lease);
  assert(status.ttl <= 1, "not renewed since");
  await (await c.lock("jobs", { timeout: 10_000 })).release();
});

test("a lock with a ttl is released by its holder before that", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lock = await c.lock("jobs", { ttl: 60 });
  await lock.release();
  assertEquals([await c.keysPrefix(""), await c.listLeases()], [[], []]);
});
