import { assert, assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async";
import { rm } from "node:fs/promises";
import {
  type ClientEvent,
  EtcdClient,
  EtcdClusterChangedError,
  type EtcdCommunicator,
  EtcdCompactedError,
  EtcdError,
} from "../../mod.ts";
import { EtcdCluster, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { Proxy } from "./lease_proxy.ts";
import { follow, truth } from "./watch_history.ts";

/** Writes transactions of three keys, one after the other, through whatever happens. */
async function write(c: EtcdCommunicator, until: () => boolean): Promise<void> {
  for (let i = 0; !until(); i++) {
    try {
      await c.txn((
        t,
      ) => [t.put("k/a", `${i}`), i % 3 ? t.put("k/b", `${i}`) : t.delete("k/b"), t.put("x", `${i}`)]);
    } catch (error) {
      assert(error instanceof EtcdError || error instanceof DOMException, String(error));
    }
  }
}

/** The last key of a history; retried until it is there. */
async function finish(c: EtcdCommunicator): Promise<bigint> {
  for (;;) {
    try {
      return (await c.put("k/end", "end")).revision;
    } catch (error) {
      assert(error instanceof EtcdError || error instanceof DOMException, String(error));
    }
  }
}

/** Resolves with each `watchResumed`. */
function resumptions() {
  const waiting: ((event: ClientEvent) => void)[] = [];
  const onEvent = (event: ClientEvent) => {
    if (event.type === "watchResumed") waiting.shift()?.(event);
  };
  return { onEvent, next: () => new Promise<ClientEvent>((resolve) => waiting.push(resolve)) };
}

function endsHere({ events }: { readonly events: readonly { readonly key: string }[] }): boolean {
  return events.some((event) => event.key === "k/end");
}

test("a watch goes on across kill -9 and restart under load: each revision once and in order", async () => {
  await using server = await EtcdServer.start();
  const { onEvent, next } = resumptions();
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, onEvent });
  await using c = await client.connect();
  const early = follow(c.watchPrefix("k/", { startRevision: 1n }), endsHere);
  const watcher = c.watchPrefix("k/");
  const seen = follow(watcher, endsHere);
  await watcher.ready;
  let done = false;
  const writing = write(c, () => done);
  for (let i = 0; i < 3; i++) {
    const resumed = next();
    await server.kill();
    await server.restart();
    await resumed;
  }
  done = true;
  await writing;
  const expected = await truth(server, "k/", await finish(c));
  assertEquals(await seen, expected);
  assertEquals(await early, expected);
});

test("a watch goes on when the connected member of three is killed", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  const { onEvent, next } = resumptions();
  const connected: string[] = [];
  await using client = new EtcdClient(cluster.endpoints, {
    ...cluster.clientOptions,
    onEvent: (event) => {
      if (event.type === "connected") connected.push(event.endpoint);
      onEvent(event);
    },
  });
  await using c = await client.connect();
  const watcher = c.watchPrefix("k/");
  const seen = follow(watcher, endsHere);
  await watcher.ready;
  let done = false;
  const writing = write(c, () => done);
  const resumed = next();
  const victim = cluster.servers.find(({ endpoint }) => endpoint.endsWith(connected[0]));
  assert(victim !== undefined);
  await victim.kill();
  await resumed;
  done = true;
  await writing;
  const last = await finish(c);
  const rest = cluster.servers.filter((server) => server !== victim);
  assertEquals(await seen, await truth(rest[0], "k/", last));
});

test("a watch whose member has lost its leader goes on when there is one again", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  const { onEvent, next } = resumptions();
  const [member, ...others] = cluster.servers;
  await using client = new EtcdClient(member.endpoint, { ...cluster.clientOptions, onEvent });
  await using c = await client.connect();
  const watcher = c.watchPrefix("k/");
  const seen = follow(watcher, endsHere);
  await watcher.ready;
  await c.put("k/a", "before");
  const resumed = next();
  await Promise.all(others.map((server) => server.pause()));
  // The server cancels streams that require a leader after three election timeouts.
  while (!(await member.logs()).includes("lost leader")) {
    await delay(100);
  }
  await delay(3_500);
  await Promise.all(others.map((server) => server.resume()));
  await resumed;
  const last = await finish(c);
  assertEquals(await seen, await truth(member, "k/", last));
});

test("cut connections under large transactions cost no revision, and split none", async () => {
  await using server = await EtcdServer.start();
  // Several, since a client gives an endpoint that keeps failing a rest.
  await using proxies = new AsyncDisposableStack();
  const ways = await Promise.all(Array.from({ length: 25 }, () => Proxy.start(server.endpoint)));
  ways.forEach((way) => proxies.use(way));
  const { onEvent, next } = resumptions();
  await using client = new EtcdClient(ways.map((way) => way.endpoint), { ...server.clientOptions, onEvent });
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using writer = await direct.connect();
  // With what was before, the large transactions come in fragments.
  const watcher = c.watchPrefix("k/", { prevKv: true });
  await watcher.ready;
  let delivered = 0n;
  const seen = follow(watcher, (batch) => {
    delivered = batch.revision;
    return endsHere(batch);
  });
  let done = false;
  const writing = (async () => {
    for (let i = 0; !done; i++) {
      const value = i % 20 === 0 ? `${i}${"x".repeat(150_000)}` : `${i}`;
      const { revision } = await writer.txn((t) =>
        Array.from({ length: 8 }, (_, j) => t.put(`k/${j}`, value))
      );
      while (!done && delivered < revision - 30n) await delay(1);
    }
  })();
  for (let i = 0; i < 50; i++) {
    const [resumed, before] = [next(), delivered];
    ways.forEach((way) => way.cut());
    await resumed;
    while (delivered === before) await delay(1);
    await delay(Math.random() * 10);
  }
  done = true;
  await writing;
  await finish(writer);
  // Not etcdctl, whose lines would be too long.
  assertEquals(await seen, await follow(writer.watchPrefix("k/", { startRevision: 1n }), endsHere));
});

test("what was compacted away while a watch was cut off ends it with one error", async () => {
  await using server = await EtcdServer.start();
  await using proxy = await Proxy.start(server.endpoint);
  await using client = new EtcdClient(proxy.endpoint, server.clientOptions);
  await using direct = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using writer = await direct.connect();
  const watcher = c.watchPrefix("k/");
  await watcher.ready;
  const iterator = watcher[Symbol.asyncIterator]();
  await writer.put("k/a", "first");
  assertEquals((await iterator.next()).value.value, "first");
  proxy.withhold();
  let revision = 0n;
  for (let i = 0; i < 100; i++) ({ revision } = await writer.put("k/a", `${i}`));
  await writer.compact(revision - 10n);
  proxy.forward();
  const error = await assertRejects(() => iterator.next(), EtcdCompactedError);
  assertEquals(error.compactRevision, revision - 10n);
  assertEquals(watcher.resumeRevision, 3n);
  assertEquals((await iterator.next()).done, true);
});

test("a watch does not go on with a server that was wiped", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const watcher = c.watchPrefix("k/");
  const quiet = c.watch("quiet");
  const future = c.watch("future", { startRevision: 4n });
  await Promise.all([watcher.ready, quiet.ready]);
  const iterator = watcher[Symbol.asyncIterator]();
  for (let i = 0; i < 20; i++) await c.put("k/a", `${i}`);
  for (let i = 0; i < 20; i++) await iterator.next();
  await server.kill();
  await rm(server.dataDir, { recursive: true });
  await server.restart();
  await assertRejects(() => iterator.next(), EtcdClusterChangedError);
  await assertRejects(() => quiet[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  await assertRejects(() => future[Symbol.asyncIterator]().next(), EtcdClusterChangedError);
  const fresh = c.watchPrefix("k/");
  await fresh.ready;
  await c.put("k/a", "anew");
  for await (const { value } of fresh) {
    assertEquals(value, "anew");
    break;
  }
});

test("a watch that is made while etcd is down waits for it", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await server.kill();
  const watcher = c.watch("k");
  const closed = c.watch("k");
  const abort = new AbortController();
  const aborted = c.watch("k", { signal: abort.signal });
  await closed.close();
  abort.abort(new Error("enough"));
  await assertRejects(() => aborted.ready, Error, "enough");
  await server.restart();
  await watcher.ready;
  await c.put("k", "v");
  for await (const { value } of watcher) {
    assertEquals(value, "v");
    break;
  }
});
