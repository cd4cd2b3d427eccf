import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  CompareKey,
  EtcdCancelledError,
  EtcdClient,
  type EtcdCommunicator,
  EtcdLockLostError,
  EtcdTimeoutError,
} from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

/** Resolves when so many contenders stand in the queue for a name. */
async function untilQueued(c: EtcdCommunicator, name: string, contenders: number): Promise<void> {
  while (await c.count({ prefix: `${name}/` }) !== contenders) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a lock has one holder at a time, in order of arrival, with fencing tokens that rise", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const first = await c.lock("jobs");
  assertEquals([first.name, first.signal.aborted], ["jobs", false]);
  assertEquals(first.key, `jobs/${first.lease.toString(16)}`);
  const { key, lease, fencingToken } = first;
  assertEquals(JSON.parse(JSON.stringify(first)), {
    name: "jobs",
    key,
    lease: lease.toString(),
    fencingToken: fencingToken.toString(),
  });
  const order: string[] = [];
  const contenders = [];
  for (const name of ["second", "third", "fourth"]) {
    contenders.push(
      c.lock("jobs").then(async (lock) => {
        order.push(name);
        await lock.release();
        return lock.fencingToken;
      }),
    );
    await untilQueued(c, "jobs", 1 + contenders.length);
  }
  assertEquals(order, []);
  await first.release();
  const tokens = [first.fencingToken, ...await Promise.all(contenders)];
  assertEquals(order, ["second", "third", "fourth"]);
  assertEquals(tokens, tokens.toSorted((a, b) => Number(a - b)));
  assertEquals([await c.count({ all: true }), await c.listLeases()], [0, []]);
});

test("tryLock takes a free lock, and leaves nothing where it is not free", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.tryLock("jobs");
  assert(held !== null);
  assertEquals(await c.tryLock("jobs"), null);
  assertEquals(await c.keysPrefix(""), [held.key]);
  assertEquals(await c.listLeases(), [held.lease]);
  await held.release();
  await using _again = await c.tryLock("jobs") ?? undefined;
});

test("a lock that takes too long ends by its timeout, with nothing left in the queue", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using held = await c.lock("jobs");
  const error = await assertRejects(() => c.lock("jobs", { timeout: 200 }), EtcdTimeoutError);
  assertEquals([error.name, error.maybeExecuted], ["TimeoutError", "no"]);
  assertStringIncludes(error.message, `Cannot acquire lock "jobs" within 200 ms`);
  await untilQueued(c, "jobs", 1);
  assertEquals(await c.keysPrefix(""), [held.key]);
  while ((await c.listLeases()).length > 1) await new Promise((resolve) => setTimeout(resolve, 10));
  assertEquals(await c.listLeases(), [held.lease]);
});

test("a lock that is given up rejects with the signal's reason, and those behind move up", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  const caller = new AbortController();
  const reason = new Error("enough");
  const givenUp = c.lock("jobs", { signal: caller.signal }).catch((error) => error);
  await untilQueued(c, "jobs", 2);
  const last = c.lock("jobs");
  await untilQueued(c, "jobs", 3);
  caller.abort(reason);
  assertEquals(await givenUp, reason);
  assertEquals(await c.count({ prefix: "jobs/" }), 2);
  await held.release();
  await (await last).release();
  await assertRejects(() => c.lock("jobs", { signal: caller.signal }), Error, "enough");
});

test("locks of a name do not wait for locks of names below it, nor for other keys there", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await c.put("a/data", "v");
  await using _below = await c.lock("a/b");
  await using _above = await c.lock("a", { timeout: 5_000 });
  await using _other = await c.lock("a/b/c", { timeout: 5_000 });
  assertEquals(await c.tryLock("a"), null);
});

test("a lock in a namespace is inside of it, and its owner can be asked for from anywhere", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const inside = c.namespace("app/");
  await using lock = await inside.lock("jobs");
  await using _outside = await c.lock("jobs", { timeout: 5_000 });
  assertEquals(await c.keysPrefix("app/"), [`app/${lock.key}`]);
  for (const view of [c, inside, c.namespace("elsewhere/")]) {
    const result = await view.txnCompare([lock.isOwner()], (success) => ({ success: [success.get("k")] }));
    assertEquals(result.succeeded, true);
  }
  await lock.put("k", "v");
  assertEquals(await c.get("app/k"), "v");
});

test("guarded writes do what the plain ones do while the lock is held", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using lock = await c.lock("jobs");
  const put = await lock.put("k", "1");
  assertEquals((await c.getEntry("k"))?.modRevision, put.revision);
  assertEquals((await lock.put("k", "2", { prevKv: true })).prevKv?.value, "1");
  assertEquals((await lock.txn((t) => [t.get("k"), t.count({ prefix: "" })])).values, ["2", 2]);
  const all = await lock.txn((t) => {
    t.put("l", "3");
    t.get("l");
  });
  assertEquals(all.values[1], "3");
  const compared = await lock.txnCompare([new CompareKey("k").value.eq("no")], (success, failure) => ({
    success: [success.put("k", "wrong")],
    failure: [failure.get("k")],
  }));
  assertEquals([compared.succeeded, compared.values[0]], [false, "2"]);
  assertEquals((await lock.delete({ prefix: "" }, { prevKv: true })).deleted, 3, "the lock's own key too");
});

test("guarded writes are refused, with nothing written, once the lock is gone", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const gone = await c.lock("jobs");
  await c.delete(gone.key);
  assertEquals(gone.signal.aborted, false, "nobody told the holder");
  await using _next = await c.lock("jobs", { timeout: 5_000 });
  const error = await assertRejects(() => gone.put("k", "stale"), EtcdLockLostError);
  assertEquals(error.maybeExecuted, "no");
  assertEquals([gone.signal.aborted, gone.signal.reason], [true, error], "now it knows");
  const released = await c.lock("other");
  await released.release();
  for (const lock of [gone, released]) {
    await assertRejects(() => lock.put("k", "stale"), EtcdLockLostError);
    await assertRejects(() => lock.delete("k"), EtcdLockLostError);
    await assertRejects(() => lock.txn((t) => [t.put("k", "stale")]), EtcdLockLostError);
    await assertRejects(
      () => lock.txnCompare([], (success) => ({ success: [success.put("k", "stale")] })),
      EtcdLockLostError,
    );
    await lock.release();
  }
  assertEquals(await c.get("k"), null);
  assertEquals((await c.listLeases()).length, 1, "no session outlives its lock");
});

test("a guarded transaction whose ownership failed rejects, and does not take the caller's failure branch", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const gone = await c.lock("jobs");
  await c.delete(gone.key);
  const compares = [new CompareKey("k").exists()];
  const build = () =>
    gone.txnCompare(compares, (_success, failure) => ({ failure: [failure.put("k", "stale")] }));
  await assertRejects(build, EtcdLockLostError);
  assertEquals(await c.get("k"), null);
});

test("several locks share a session, which outlives them", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using session = await c.session();
  const [a, b] = [await c.lock("a", { session }), await c.lock("b", { session })];
  assertEquals([a.lease, b.lease], [session.lease, session.lease]);
  await assertRejects(() => c.lock("a", { session }), TypeError, "already");
  await assertRejects(() => c.lock("c", { session, ttl: 5 }), TypeError);
  await a.release();
  await a.release();
  assertEquals(await c.keysPrefix(""), [b.key]);
  const again = await c.lock("a", { session });
  assert(again.fencingToken > a.fencingToken);
  await session.close();
  assertEquals([again.signal.aborted, b.signal.aborted], [true, true]);
  assertEquals(b.signal.reason instanceof EtcdLockLostError, true);
  await b.release();
  assertEquals(await c.keysPrefix(""), []);
  await assertRejects(() => c.lock("d", { session }), EtcdLockLostError, "session lost");
});

test("a name that is locked on a session cannot be locked on it again by another client", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using other = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using o = await other.connect();
  await using session = await c.session();
  const lock = await c.lock("jobs", { session });
  const same = await o.session({ lease: session.lease });
  await assertRejects(() => o.lock("jobs", { session: same }), TypeError, "already");
  await assertRejects(() => o.tryLock("jobs", { session: same }), TypeError, "already");
  assertEquals([same.signal.aborted, await c.keysPrefix("")], [false, [lock.key]]);
  await lock.put("k", "still held");
  await lock.release();
  await (await o.lock("jobs", { session: same })).release();
  same.orphan();
});

test("waiters on a shared session give up their place alone", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using held = await c.lock("jobs");
  await using session = await c.session();
  await assertRejects(() => c.lock("jobs", { session, timeout: 200 }), EtcdTimeoutError);
  await untilQueued(c, "jobs", 1);
  assertEquals(await c.tryLock("jobs", { session }), null);
  assertEquals(await c.keysPrefix(""), [held.key]);
  assertEquals(session.signal.aborted, false);
});

test("closing the communicator releases its locks and ends the wait for others", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using other = await client.connect();
  const c = await client.connect();
  const held = await c.lock("jobs");
  const waiting = c.lock("jobs").catch((error) => error);
  await untilQueued(other, "jobs", 2);
  await c.close();
  assert(await waiting instanceof EtcdCancelledError);
  assertEquals(held.signal.aborted, true);
  assertEquals([await other.keysPrefix(""), await other.listLeases()], [[], []]);
  await assertRejects(() => c.lock("jobs"), TypeError, "closed");
});

test("withLock holds the lock for as long as its body runs", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  let inside = 0;
  const bodies = Array.from({ length: 5 }, (_, i) =>
    client.withLock("jobs", async (locked) => {
      assertEquals(++inside, 1);
      await locked.held.put("k", String(i));
      inside--;
      return i;
    }));
  assertEquals(await Promise.all(bodies), [0, 1, 2, 3, 4]);
  await assertRejects(() => client.withLock("jobs", () => Promise.reject(new Error("body"))), Error, "body");
  assertEquals(await c.keysPrefix("jobs"), []);
});

test("a name, a ttl or a timeout that cannot be is refused before anything is sent", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await assertRejects(() => c.lock(""), TypeError, "empty");
  await assertRejects(() => c.lock("a\ud800"), TypeError, "surrogate");
  await assertRejects(() => c.lock(new Uint8Array(1) as unknown as string), TypeError);
  await assertRejects(() => c.tryLock(""), TypeError, "empty");
  for (const ttl of [0, 0.5, NaN, -1]) await assertRejects(() => c.lock("a", { ttl }), RangeError);
  for (const timeout of [NaN, -1]) await assertRejects(() => c.lock("a", { timeout }), RangeError);
  assertEquals((await c.range({ all: true })).revision, 1n);
  assertEquals(await c.listLeases(), []);
});
