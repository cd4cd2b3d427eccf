import { assert, assertEquals, assertRejects } from "@std/assert";
import {
  EtcdClient,
  type EtcdCommunicator,
  EtcdError,
  EtcdLeaseNotFoundError,
  EtcdTimeoutError,
  EtcdUnavailableError,
} from "../../mod.ts";
import { EtcdCluster, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

test("reads in flight on a connection that is cut are all repeated, however many they are", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint, server.clientOptions);
  await using c = await client.connect();
  await c.put("k", "v");
  proxy.withhold();
  const reads = Array.from({ length: 300 }, () => c.get("k"));
  await sleep(100);
  proxy.forward();
  assertEquals(new Set(await Promise.all(reads)), new Set(["v"]));
});

test("no read fails when the member that serves a hundred readers is killed", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  const leader = await cluster.leader();
  const [follower, other] = cluster.servers.filter((server) => server !== leader);
  const endpoints = [follower, leader, other].map((server) => server.endpoint);
  await using client = new EtcdClient(endpoints, cluster.clientOptions);
  await using c = await client.connect();
  await c.put("k", "v");
  let killed = false;
  const reader = async () => {
    let after = 0;
    while (after < 10) {
      assertEquals(await c.get("k"), "v");
      if (killed) after++;
    }
  };
  const readers = Promise.all(Array.from({ length: 100 }, reader));
  await sleep(100);
  await follower.kill();
  killed = true;
  await readers;
});

/** Puts each of the keys once and tells of each what its error says, `"acknowledged"` where there is none. */
async function outcomes(c: EtcdCommunicator, keys: readonly string[]): Promise<string[]> {
  return await Promise.all(
    keys.map((key) => c.put(key, "v").then(() => "acknowledged", (error: EtcdError) => error.maybeExecuted)),
  );
}

test("a write whose answer is lost is told as such and never sent again", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using direct = await new EtcdClient(server.endpoint, server.clientOptions).connect();
  proxy.withhold();
  const keys = Array.from({ length: 100 }, (_, i) => `k${i}`);
  const putting = outcomes(c, keys);
  while (await direct.count({ all: true }) < keys.length) await sleep(10);
  proxy.forward();
  assertEquals(new Set(await putting), new Set(["unknown"]));
  await c.put("after", "v");
  for await (const { key, version } of direct.entries({ all: true })) assertEquals([key, version], [key, 1n]);
});

test("a grant whose answer is lost may have happened, whatever its repetitions meet", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using direct = await new EtcdClient(server.endpoint, server.clientOptions).connect();
  proxy.withhold();
  const granting = assertRejects(() => c.grantLease(60, { timeout: 3_000 }), EtcdTimeoutError);
  while ((await direct.listLeases()).length === 0) await sleep(10);
  proxy.cut();
  assertEquals((await granting).maybeExecuted, "unknown");
});

test("no acknowledged write is lost and none is doubled while the server is killed under load", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const told = new Map<string, string>();
  let killing = true;
  const writer = async (_: unknown, who: number) => {
    for (let i = 0; killing; i++) {
      const keys = [`${who}/${i}/a`, `${who}/${i}/b`];
      (await outcomes(c, keys)).forEach((outcome, at) => told.set(keys[at], outcome));
    }
  };
  const writers = Promise.all(Array.from({ length: 16 }, writer));
  for (let kill = 0; kill < 3; kill++) {
    await sleep(200);
    await server.restart();
  }
  killing = false;
  await writers;
  const versions = new Map<string, bigint>();
  for await (const { key, version } of c.entries({ all: true })) versions.set(key, version);
  const allowed: Record<string, readonly bigint[]> = { acknowledged: [1n], no: [0n], unknown: [0n, 1n] };
  const wrong = [...told].filter(([key, outcome]) => !allowed[outcome].includes(versions.get(key) ?? 0n));
  assertEquals(wrong, []);
  assert([...told.values()].includes("acknowledged"));
});

test("a write that cannot have left says so", async () => {
  await using server = await EtcdServer.start();
  await using patient = new EtcdClient(server.endpoint, server.clientOptions);
  await using waits = await patient.connect();
  await using hasty = new EtcdClient(server.endpoint, { ...server.clientOptions, retry: false });
  await using fails = await hasty.connect();
  await server.kill();
  const unsent = async (c: EtcdCommunicator, timeout: number) => {
    for (;;) {
      const error: EtcdError = await c.put("k", "v", { timeout }).then(() => {
        throw new Error("the server is dead");
      }, (error) => error);
      // The end of a connection may still be on its way when the first call after it is sent.
      if (error.maybeExecuted === "no") return error;
    }
  };
  assert(await unsent(waits, 300) instanceof EtcdTimeoutError);
  assert(await unsent(fails, 5_000) instanceof EtcdUnavailableError);
});

test("what the server refuses was not executed", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const refused = [
    await assertRejects(() => c.put("k", "v", { lease: 7n }), EtcdLeaseNotFoundError),
    await assertRejects(() => c.put("k", "v", { ignoreLease: true }), EtcdError),
    await assertRejects(() => c.setLease("k", 0n), EtcdError),
    await assertRejects(() => c.txn((t) => [t.put("k", "1"), t.put("k", "2")]), EtcdError),
    await assertRejects(() => c.compact(1_000n), EtcdError),
    await assertRejects(() => c.revokeLease(7n), EtcdError),
    await assertRejects(() => c.grantLease(2 ** 40), EtcdError),
  ];
  assertEquals(refused.filter(({ maybeExecuted }) => maybeExecuted !== "no"), []);
  assertEquals(await c.count({ all: true }), 0);
});

test("a token that never changes is not asked for anew", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  const events: string[] = [];
  const paths: string[] = [];
  await using client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    credentials: { token: "stale" },
    onEvent: ({ type }) => events.push(type),
    middleware: [async function* (call, options) {
      paths.push(call.method.path);
      return yield* call.next(call.request, options);
    }],
  });
  await using c = await client.connect();
  const error = await assertRejects(() => c.put("k", "v"), EtcdError);
  assertEquals([error.reason, error.maybeExecuted], ["INVALID_AUTH_TOKEN", "no"]);
  assertEquals([events, paths], [["connected"], ["/etcdserverpb.KV/Put"]]);
});
