import { assert, assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { type ClientEvent, EtcdClient, EtcdLeaseNotFoundError } from "../../mod.ts";
import { etcdctl, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a session lives on a lease of 10 s unless told otherwise, and takes its keys along when it is closed", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const session = await c.session();
  assertEquals((await c.leaseTimeToLive(session.lease)).grantedTtl, 10);
  assertEquals(JSON.stringify(session), `{"lease":"${session.lease}"}`);
  await c.put("k", "v", { lease: session.lease });
  assertEquals(session.signal.aborted, false);
  await Promise.all([session.close(), session.close()]);
  await session.close();
  assertEquals(session.signal.aborted, true);
  assertEquals(await c.get("k"), null);
  assertEquals(await c.listLeases(), []);
});

test("a session outlives its ttl for as long as it is open", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using session = await c.session({ ttl: 4 });
  await sleep(6_500);
  assertEquals(session.signal.aborted, false);
  assertEquals(await c.listLeases(), [session.lease]);
});

test("an orphaned session leaves its lease to run out", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  {
    await using session = await c.session({ ttl: 2 });
    await c.put("k", "v", { lease: session.lease });
    session.orphan();
    session.orphan();
    assertEquals(session.signal.aborted, true);
  }
  assertEquals(await c.get("k"), "v", "disposing it did not revoke the lease");
  const watcher = c.watch("k", { types: ["DELETE"] });
  await watcher.ready;
  if (await c.get("k") !== null) { for await (const _ of watcher) break; }
  await watcher.close();
  assertEquals(await c.listLeases(), [], "nobody renewed it");
});

test("a session on a lease that exists keeps it alive, and revokes it in the end", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(4);
  const session = await c.session({ lease: lease.id });
  assertEquals(session.lease, lease.id);
  await sleep(6_500);
  assertEquals([session.signal.aborted, lease.signal.aborted], [false, false]);
  await session.close();
  assertEquals(lease.signal.aborted, true);
  assertEquals(await c.listLeases(), []);
});

test("a session cannot be built on a lease that does not exist, nor on both a lease and a ttl", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await assertRejects(() => c.session({ lease: 4711n }), EtcdLeaseNotFoundError, "1267");
  await assertRejects(() => c.session({ lease: 4711n, ttl: 5 }), TypeError);
  await assertRejects(() => c.session({ lease: 0n }), RangeError);
  await assertRejects(() => c.session({ ttl: 0 }), RangeError);
  assertEquals(await c.listLeases(), []);
});

test("a session whose lease somebody else revokes is lost, and closing it is harmless", async () => {
  await using server = await EtcdServer.start();
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => event.type === "leaseLost" && events.push(event);
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, onEvent });
  await using c = await client.connect();
  const session = await c.session({ ttl: 3 });
  await etcdctl(server, ["lease", "revoke", session.lease.toString(16)]);
  assertInstanceOf(await aborted(session.signal), EtcdLeaseNotFoundError);
  assertEquals(events, [{ type: "leaseLost", lease: session.lease }]);
  await session.close();
});

test("closing a session does not hang on a suspended server, and takes no longer than its ttl", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const session = await c.session({ ttl: 2 });
  await server.pause();
  const started = performance.now();
  await session.close();
  assert(performance.now() - started < 9_000, "well before the timeout of calls");
  await server.resume();
});

test("closing the communicator closes its sessions", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using other = await client.connect();
  const c = await client.connect();
  const session = await c.session();
  await c.close();
  assertEquals(session.signal.aborted, true);
  assertEquals(await other.listLeases(), []);
  await assertRejects(() => c.session(), TypeError, "closed");
});

test("giving up while a session is being opened leaves no lease", async () => {
  await using server = await EtcdServer.start();
  const caller = new AbortController();
  const reason = new Error("enough");
  await using other = new EtcdClient(server.endpoint, server.clientOptions);
  await using o = await other.connect();
  await using client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    middleware: [async function* (call, options) {
      if (call.method.path.endsWith("/LeaseGrant")) caller.abort(reason);
      return yield* call.next(call.request, options);
    }],
  });
  await using c = await client.connect();
  assertEquals(await c.session({ signal: caller.signal }).catch((error) => error), reason);
  assertEquals(await o.listLeases(), []);
  await assertRejects(() => c.session({ signal: caller.signal }), Error, "enough");
});
