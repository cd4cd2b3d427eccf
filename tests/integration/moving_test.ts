import { assertEquals } from "@std/assert";
import { type ClientEvent, EtcdClient } from "../../mod.ts";
import { EtcdCluster, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";

/** Resolves when an event of a type comes for the n-th time. */
function nth(type: ClientEvent["type"], n: number) {
  const { promise, resolve } = Promise.withResolvers<ClientEvent>();
  return {
    seen: promise,
    onEvent: (event: ClientEvent) => event.type === type && --n === 0 && resolve(event),
  };
}

test("calls in flight on an endpoint that leaves the list finish there", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  const left = nth("disconnected", 1);
  await using client = new EtcdClient(proxy.endpoint, { ...server.clientOptions, onEvent: left.onEvent });
  await using c = await client.connect();
  await server.pause();
  const puts = Array.from({ length: 50 }, (_, i) => c.put(`k${i}`, "v"));
  client.setEndpoints([server.endpoint]);
  await left.seen;
  await server.resume();
  await Promise.all(puts);
  assertEquals(await c.count({ all: true }), 50);
});

test("a watch, a lock and its session move to the new endpoints without a loss", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  const resumed = nth("watchResumed", 1);
  await using client = new EtcdClient(proxy.endpoint, { ...server.clientOptions, onEvent: resumed.onEvent });
  await using c = await client.connect();
  await using session = await c.session({ ttl: 4 });
  const lock = await c.lock("jobs", { session });
  const watcher = c.watchPrefix("k");
  await watcher.ready;
  client.setEndpoints([server.endpoint]);
  await resumed.seen;
  await proxy[Symbol.asyncDispose]();
  for (let i = 0; i < 10; i++) {
    await lock.put(`k${i}`, "v");
    await new Promise((resolve) => setTimeout(resolve, 600));
  }
  const seen: string[] = [];
  for await (const { key } of watcher) if (seen.push(key) === 10) break;
  assertEquals(seen, Array.from({ length: 10 }, (_, i) => `k${i}`));
  assertEquals(lock.signal.aborted, false);
});

test("a watch leaves a member that is told to stop before the member cuts it", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  const leader = await cluster.leader();
  const [follower, other] = cluster.servers.filter((server) => server !== leader);
  const resumed = nth("watchResumed", 1);
  await using client = new EtcdClient([follower, other].map((server) => server.endpoint), {
    ...cluster.clientOptions,
    onEvent: resumed.onEvent,
  });
  await using c = await client.connect();
  const watcher = c.watch("k");
  await watcher.ready;
  const stopped = follower.stop();
  await resumed.seen;
  await c.put("k", "v");
  for await (const { value } of watcher) {
    assertEquals(value, "v");
    break;
  }
  await stopped;
});

test("closing the client ends calls that still run on an endpoint that left the list", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  const left = nth("disconnected", 1);
  const client = new EtcdClient(proxy.endpoint, { ...server.clientOptions, onEvent: left.onEvent });
  const c = await client.connect();
  await server.pause();
  const put = c.put("k", "v", { timeout: 0 }).then(() => "put", (error) => error.reason);
  client.setEndpoints([server.endpoint]);
  await left.seen;
  await client.close();
  assertEquals(await put, "CANCELLED");
  await server.resume();
});
