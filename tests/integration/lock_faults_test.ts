import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EtcdCancelledError,
  EtcdClient,
  type EtcdCommunicator,
  EtcdLockLostError,
  EtcdTimeoutError,
} from "../../mod.ts";
import { etcdctl, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

async function untilQueued(c: EtcdCommunicator, name: string, contenders: number): Promise<void> {
  while (await c.count({ prefix: `${name}/` }) !== contenders) await sleep(10);
}

test("a waiter keeps its place while its connection is cut again and again", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using d = await direct.connect();
  await using client = new EtcdClient(proxy.endpoint);
  await using c = await client.connect();
  const held = await d.lock("jobs");
  const waiting = c.lock("jobs");
  await untilQueued(d, "jobs", 2);
  const last = d.lock("jobs");
  await untilQueued(d, "jobs", 3);
  for (let i = 0; i < 3; i++) {
    proxy.cut();
    await sleep(50);
  }
  await held.release();
  proxy.cut();
  const lock = await waiting;
  assert(lock.fencingToken > held.fencingToken);
  await lock.release();
  assert((await last).fencingToken > lock.fencingToken);
});

test("a holder keeps its lock while its connection is cut again and again", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint);
  await using c = await client.connect();
  await using session = await c.session({ ttl: 3 });
  const lock = await c.lock("jobs", { session });
  for (let i = 0; i < 3; i++) {
    await sleep(1_200);
    proxy.cut();
    await lock.txn((t) => [t.get("k")]);
  }
  assertEquals(lock.signal.aborted, false);
});

test("holder and waiter survive a restart of the server", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  const waiting = c.lock("jobs");
  await untilQueued(c, "jobs", 2);
  await server.restart();
  assertEquals(held.signal.aborted, false);
  await held.release();
  await (await waiting).put("k", "v");
});

test("while the server is suspended, a lock is lost no later than its session can be", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using session = await c.session({ ttl: 2 });
  const lock = await c.lock("jobs", { session });
  await server.pause();
  const paused = performance.now();
  while (performance.now() - paused < 2_000) await sleep(20);
  assertEquals(lock.signal.aborted, true);
  assert(lock.signal.reason instanceof EtcdLockLostError);
  await assertRejects(() => lock.put("k", "v"), EtcdLockLostError);
  await lock.release();
  await server.resume();
});

test("a waiter whose session is revoked notices, and those behind it move up", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  await using session = await c.session({ ttl: 2 });
  const waiting = assertRejects(() => c.lock("jobs", { session }), EtcdLockLostError, "session lost");
  await untilQueued(c, "jobs", 2);
  const last = c.lock("jobs");
  await untilQueued(c, "jobs", 3);
  await etcdctl(server, ["lease", "revoke", session.lease.toString(16)]);
  await waiting;
  await held.release();
  await (await last).release();
});

test("a waiter whose key somebody deletes finds at its turn that it has lost", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const held = await c.lock("jobs");
  await using session = await c.session();
  const waiting = assertRejects(() => c.lock("jobs", { session }), EtcdLockLostError);
  await untilQueued(c, "jobs", 2);
  await c.delete(`jobs/${session.lease.toString(16)}`);
  await held.release();
  await waiting;
  assertEquals(await c.keysPrefix("jobs"), []);
});

test("giving up while it is unknown whether the key was written ends a shared session", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using d = await direct.connect();
  await using client = new EtcdClient(proxy.endpoint);
  await using c = await client.connect();
  const session = await c.session({ ttl: 60 });
  proxy.withhold();
  await assertRejects(() => c.lock("jobs", { session, timeout: 1_000 }), EtcdTimeoutError);
  // It was written, and nobody here can know.
  while (await d.count({ prefix: "jobs/" }) === 0) await sleep(10);
  assertEquals(session.signal.aborted, false);
  proxy.forward();
  while (!session.signal.aborted) await sleep(10);
  while ((await d.listLeases()).length > 0) await sleep(10);
  assertEquals(await d.keysPrefix("jobs"), []);
});

test("an attempt whose answers are lost ends in time, and leaves nothing once they come again", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using d = await direct.connect();
  await using client = new EtcdClient(proxy.endpoint);
  await using c = await client.connect();
  proxy.withhold();
  await assertRejects(() => c.lock("jobs", { timeout: 300 }), EtcdTimeoutError);
  proxy.forward();
  while ((await d.listLeases()).length > 0) await sleep(10);
  assertEquals(await d.keysPrefix("jobs"), []);
});

test("a wait for a lock outlasts the client's timeout, also where it is the server that keeps it waiting", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, timeout: 200 });
  await using c = await client.connect();
  await using session = await c.session({ ttl: 30, timeout: 0 });
  await server.pause();
  const waiting = [c.lock("a"), c.lock("b", { ttl: 30 }), c.lock("c", { session })];
  await sleep(600);
  await server.resume();
  for (const lock of waiting) await (await lock).release({ timeout: 0 });
});

test("a lock whose session is granted too late to live is acquired on another one", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await server.pause();
  const waiting = c.lock("jobs", { ttl: 4 });
  await sleep(4_500);
  await server.resume();
  assert(!(await waiting).signal.aborted);
});

test("closing the communicator does not hang on a suspended server, however much there is to give up", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  const c = await client.connect();
  const locks = await Promise.all(Array.from({ length: 10 }, (_, i) => c.lock(`n${i}`)));
  const waiting = c.lock("n0").catch((error) => error);
  await untilQueued(c, "n0", 2);
  await server.pause();
  const started = performance.now();
  await c.close();
  assert(performance.now() - started < 8_000, "given up side by side");
  assert(await waiting instanceof EtcdCancelledError);
  assertEquals(locks.filter((lock) => !lock.signal.aborted), []);
  await server.resume();
});
