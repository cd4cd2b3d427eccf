import {
  assert,
  assertEquals,
  assertInstanceOf,
  assertNotEquals,
  assertRejects,
  assertThrows,
} from "@std/assert";
import {
  type ClientEvent,
  EtcdBadRequestError,
  EtcdClient,
  EtcdLeaseNotFoundError,
  EtcdOutOfRangeError,
} from "../../mod.ts";
import { etcdctl, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("a lease is granted, asked after, listed, renewed and revoked with its keys", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(60);
  assert(lease.id > 0n);
  assertEquals(lease.ttl, 60);
  await c.put("on the lease", "v", { lease: lease.id });
  await c.put("beside it", "v");
  const status = await lease.timeToLive({ keys: true });
  assertEquals([status.grantedTtl, status.keys], [60, ["on the lease"]]);
  assert(status.ttl >= 58 && status.ttl <= 60);
  assertEquals((await lease.timeToLive()).keys, []);
  assertEquals(await lease.keepAliveOnce(), 60);
  assertEquals(await c.keepLeaseAliveOnce(lease.id), 60);
  assertEquals(await c.listLeases(), [lease.id]);
  const id = lease.id.toString();
  assertEquals(JSON.parse(JSON.stringify([lease, await c.listLeases()])), [{ id, ttl: 60 }, [id]]);
  assertEquals(lease.signal.aborted, false);
  await lease.revoke();
  await lease.revoke();
  assertEquals(lease.signal.aborted, true);
  assertEquals(await c.keysPrefix(""), ["beside it"]);
  assertEquals(await c.leaseTimeToLive(lease.id), { ttl: -1, grantedTtl: 0, keys: [] });
});

test("a lease takes an id of the caller's choice, of all 64 bits, and refuses one that exists", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const id = 2n ** 62n + 1n;
  assertEquals((await c.grantLease(60, { id })).id, id);
  const error = await assertRejects(() => c.grantLease(60, { id }), EtcdBadRequestError);
  assertEquals([error.reason, error.maybeExecuted], ["LEASE_EXIST", "no"]);
  assertNotEquals((await c.grantLease(60, { id: 0n })).id, 0n, "0 leaves the choice to the client");
  await c.revokeLease(id);
  await assertRejects(() => c.revokeLease(id), EtcdLeaseNotFoundError);
});

test("a grant whose answer is lost is repeated and leaves one lease", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  const retried = Promise.withResolvers<void>();
  const onEvent = (event: ClientEvent) => event.type === "retry" && retried.resolve();
  await using client = new EtcdClient(proxy.endpoint, { onEvent });
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using d = await direct.connect();
  proxy.withhold();
  const granting = c.grantLease(60);
  while ((await d.listLeases()).length === 0) await sleep(10);
  proxy.forward();
  const lease = await granting;
  await retried.promise;
  assertEquals(lease.ttl, 60);
  assertEquals(await d.listLeases(), [lease.id]);
});

test("a ttl below the server's least is raised, and the lease lives by what was granted", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(1);
  assert(lease.ttl > 1, `granted ${lease.ttl}`);
  await using _keeper = lease.keepAlive();
  await sleep(lease.ttl * 1000 + 1_000);
  assertEquals(lease.signal.aborted, false);
  assertEquals((await lease.timeToLive()).grantedTtl, lease.ttl);
});

test("a hundred leases are kept alive beyond their ttl, and run out once they are not", async () => {
  await using server = await EtcdServer.start();
  const events: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => events.push(event);
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, onEvent });
  await using c = await client.connect();
  const leases = await Promise.all(Array.from({ length: 100 }, () => c.grantLease(4)));
  const keepers = leases.map((lease) => lease.keepAlive());
  await sleep(6_000);
  assertEquals(leases.filter((lease) => lease.signal.aborted).length, 0);
  assertEquals((await c.listLeases()).length, 100);
  for (const keeper of keepers) await keeper.close();
  assert(keepers.every((keeper) => keeper.signal.aborted));
  await Promise.all(leases.map((lease) => aborted(lease.signal)));
  for (let left = 100; left > 0; await sleep(100)) left = (await c.listLeases()).length;
  assertEquals(events.filter((event) => event.type === "leaseLost"), [], "nobody kept them any more");
});

test("a lease that another client revokes is lost, for its keeper too", async () => {
  await using server = await EtcdServer.start();
  const lost: ClientEvent[] = [];
  const onEvent = (event: ClientEvent) => event.type === "leaseLost" && lost.push(event);
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, onEvent });
  await using c = await client.connect();
  const lease = await c.grantLease(3);
  const keeper = lease.keepAlive();
  await etcdctl(server, ["lease", "revoke", lease.id.toString(16)]);
  const reason = await aborted(keeper.signal);
  assertInstanceOf(reason, EtcdLeaseNotFoundError);
  assertEquals(lease.signal.reason, reason);
  assertEquals(lost, [{ type: "leaseLost", lease: lease.id }]);
  await assertRejects(() => lease.keepAliveOnce(), EtcdLeaseNotFoundError);
  await lease.revoke();
});

test("a kept lease survives a restart of the server that is shorter than its ttl", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(6);
  await using _keeper = lease.keepAlive();
  await server.restart();
  await sleep(8_000);
  assertEquals(lease.signal.aborted, false);
  assertEquals((await lease.timeToLive()).grantedTtl, 6);
});

test("a kept lease survives cut connections", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint);
  await using c = await client.connect();
  const lease = await c.grantLease(5);
  await using _keeper = lease.keepAlive();
  for (let i = 0; i < 3; i++) {
    await sleep(2_000);
    proxy.cut();
    await c.get("k");
  }
  assertEquals(lease.signal.aborted, false);
});

test("while the server is suspended, a lease is lost no later than its ttl after the last renewal", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(2);
  await using keeper = lease.keepAlive();
  await sleep(1_000);
  await server.pause();
  const paused = performance.now();
  while (performance.now() - paused < lease.ttl * 1000) await sleep(20);
  assertEquals([lease.signal.aborted, keeper.signal.aborted], [true, true]);
  await server.resume();
});

test("a lease by its id is kept alive, and one that does not exist is lost at once", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const id = BigInt(`0x${(await etcdctl(server, ["lease", "grant", "4"])).match(/lease (\w+) granted/)![1]}`);
  await using keeper = c.keepLeaseAlive(id);
  await sleep(6_500);
  assertEquals(keeper.signal.aborted, false);
  assertEquals((await c.listLeases()).includes(id), true);
  await using missing = c.keepLeaseAlive(4711n);
  assertInstanceOf(await aborted(missing.signal), EtcdLeaseNotFoundError);
  await assertRejects(() => c.keepLeaseAliveOnce(4711n), EtcdLeaseNotFoundError);
});

test("a keeper ends by its signal, with its reason", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(60);
  const caller = new AbortController();
  const keeper = c.keepLeaseAlive(lease.id, { signal: caller.signal });
  const reason = new Error("enough");
  caller.abort(reason);
  assertEquals(keeper.signal.reason, reason);
  assertEquals(lease.signal.aborted, false);
  assertThrows(() => c.keepLeaseAlive(lease.id, { signal: caller.signal }), Error, "enough");
});

test("closing a communicator ends its keepers and leaves leases alone", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using other = await client.connect();
  const c = await client.connect();
  const lease = await c.grantLease(60);
  const keeper = lease.keepAlive();
  await c.close();
  assertEquals(keeper.signal.aborted, true);
  assertEquals(lease.signal.aborted, false, "the client still watches it for whoever holds it");
  assertEquals(await other.listLeases(), [lease.id]);
  assertThrows(() => c.keepLeaseAlive(lease.id), TypeError, "closed");
});

test("closing the last communicator ends the watch over its leases, not the leases", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  const c = await client.connect();
  const lease = await c.grantLease(60);
  await c.close();
  assertEquals(lease.signal.aborted, true);
  assertEquals((await etcdctl(server, ["lease", "list"])).includes(lease.id.toString(16)), true);
});

test("in a namespace a lease shows the keys inside, seen from there", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const inside = c.namespace("app/");
  const lease = await inside.grantLease(60);
  await inside.put("k", "v", { lease: lease.id });
  await c.put("k", "v", { lease: lease.id });
  assertEquals((await lease.timeToLive({ keys: true })).keys, ["k"]);
  assertEquals((await c.leaseTimeToLive(lease.id, { keys: true })).keys, ["app/k", "k"]);
});

test("a ttl or an id that cannot be is refused before anything is sent", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  for (const ttl of [0, -1, 1.5, NaN, Infinity]) await assertRejects(() => c.grantLease(ttl), RangeError);
  await assertRejects(() => c.grantLease("5" as unknown as number), TypeError);
  await assertRejects(() => c.grantLease(5, { id: 2n ** 63n }), RangeError);
  await assertRejects(() => c.grantLease(5, { id: 7 as unknown as bigint }), TypeError);
  await assertRejects(() => c.revokeLease(0n), RangeError);
  await assertRejects(() => c.leaseTimeToLive(0n), RangeError);
  await assertRejects(() => c.keepLeaseAliveOnce(0n), RangeError);
  assertThrows(() => c.keepLeaseAlive(0n), RangeError);
  await assertRejects(() => c.grantLease(10_000_000_000), EtcdOutOfRangeError);
  assertEquals(await c.listLeases(), []);
});
