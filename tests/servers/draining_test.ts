import { assertEquals } from "@std/assert";
import { EtcdClient } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { DrainingProxy } from "../chaos/rig/proxy/draining_proxy.ts";
import { test } from "../harness.ts";

test("calls that come too late for a connection that is drained go to the next, as no repetitions", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await DrainingProxy.start(server);
  const events: string[] = [];
  await using client = new EtcdClient(proxy.address, {
    ...server.clientOptions,
    retry: false,
    onEvent: ({ type }) => events.push(type),
  });
  await using c = await client.connect();
  for (let round = 1; round <= 20; round++) {
    const drained = proxy.drain(round);
    await Promise.all(Array.from({ length: 30 }, (_, i) => c.put(`${round}/${i}`, "v")));
    await drained;
  }
  assertEquals(await c.count({ all: true }), 600);
  assertEquals(events.includes("retry"), false);
});

test("a server that drains every connection before its first call is asked no more than it may be", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await DrainingProxy.start(server);
  const retries: number[] = [];
  await using client = new EtcdClient(proxy.address, {
    ...server.clientOptions,
    retry: { maxAttempts: 3 },
    onEvent: (event) => event.type === "retry" && retries.push(event.attempt),
  });
  await using c = await client.connect();
  const again = (): Promise<void> => proxy.drain(0).then(again);
  void again();
  const error = await c.put("k", "v").catch((error) => error);
  assertEquals([error.code, error.maybeExecuted, retries], [14, "no", [1, 2]]);
});
