import { assert, assertEquals } from "@std/assert";
import { EtcdClient } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { said, signal, startChild } from "./lock_children.ts";

test("twenty contenders in three processes exclude each other and keep their order", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const children = [7, 7, 6].map((count) => startChild(server, "contend", "jobs", String(count)));
  const statuses = await Promise.all(children.map((child) => child.exited));
  assertEquals(statuses, [0, 0, 0], children.map((child) => child.stderr).join("\n"));
  const tokens = (await c.get("order"))!.trim().split(" ").map(Number);
  assertEquals(tokens.length, 20, "no read and write of one overlapped those of another");
  assertEquals(
    tokens,
    tokens.toSorted((a, b) => a - b),
    "acquired in the order in which their keys were created",
  );
  assertEquals([await c.keysPrefix("jobs"), await c.listLeases()], [[], []]);
});

test("the lock of a killed process is free within its ttl", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using holder = startChild(server, "hold", "jobs", "2");
  const { token } = await said<{ token: string }>(holder);
  holder.signal("SIGKILL");
  await holder.exited;
  await using lock = await c.lock("jobs", { timeout: 10_000 });
  assert(lock.fencingToken > BigInt(token));
});

test("a holder that is suspended beyond its ttl never takes for its own what another has acquired", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const tries = 100;
  await using holder = startChild(server, "watch", "jobs", String(tries));
  const { pid } = await said<{ pid: number }>(holder);
  await signal(pid, "STOP");
  const acquired: number[] = [];
  await Promise.all(Array.from({ length: tries }, async (_, i) => {
    await c.lock(`jobs${i}`, { timeout: 30_000 });
    acquired[i] = Date.now();
  }));
  await c.put("written", "by the second");
  await signal(pid, "CONT");
  const { held, refused } = await said<{ held: number[]; refused: number }>(holder);
  assertEquals(held.filter((last, i) => last >= acquired[i]), [], "no overlap");
  assertEquals(refused, tries, "no stale write");
  assertEquals(await c.get("written"), "by the second");
  assertEquals(await holder.exited, 0);
});
