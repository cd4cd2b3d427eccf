/**
 * Uses everything that touches no file on the etcd that it is told, with no permission but the network's;
 * `network_alone_test.ts` runs it in a process of its own. Prints what of client and communicator it left out.
 *
 * @module
 */

import { CompareKey, EtcdClient, type EtcdClientOptions, EtcdCommunicator, jsonCodec } from "../../mod.ts";

const [endpoint, json, middleware] = Deno.args;
const options: EtcdClientOptions = {
  ...JSON.parse(json),
  onEvent() {},
  middleware: middleware === undefined ? [] : [async function* (call, options) {
    return yield* call.next(call.request, options);
  }],
};

const used = new Set<string>(["constructor"]);

/** The same, with the names remembered that are asked for. */
function watched<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_, name) {
      used.add(String(name));
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

await using client = new EtcdClient(endpoint, options);
const etcd = watched(client);
await etcd.sync();
etcd.setEndpoints([...etcd.endpoints]);
const c = watched(await etcd.connect());
await keys();
await transactions();
await leases();
await watches();
await locks();
await c.close();
await etcd.close();

for (const { prototype } of [EtcdClient, EtcdCommunicator]) {
  for (const name of Object.getOwnPropertyNames(prototype)) if (!used.has(name)) console.log(name);
}

async function keys(): Promise<void> {
  const { revision } = await c.put("k/1", "v");
  await c.namespace("n/").put("k", "v");
  await c.withCodec(jsonCodec()).put("json", { a: 1 });
  await c.get("k/1");
  await c.getEntry("k/1");
  await c.getPrefix("k/");
  await c.getRange("k", "l");
  await c.keysPrefix("k/");
  await c.keysRange("k", "l");
  await c.range({ prefix: "k/" });
  for await (const _ of c.entries({ prefix: "k/" }));
  await c.count({ all: true });
  await c.delete("k/2");
  await c.deletePrefix("k/2");
  await c.deleteRange("k/2", "k/3");
  await c.compact(revision);
}

async function transactions(): Promise<void> {
  await c.txn((t) => [t.get("k/1"), t.put("k/1", "w")]);
  await c.txnCompare([new CompareKey("k/1").value.eq("w")], (t) => ({ success: [t.get("k/1")] }));
}

async function leases(): Promise<void> {
  const lease = await c.grantLease(60);
  await c.put("leased", "v", { lease: lease.id });
  await c.setLease("k/1", lease.id);
  await c.keepLeaseAlive(lease.id).close();
  await c.keepLeaseAliveOnce(lease.id);
  await c.leaseTimeToLive(lease.id, { keys: true });
  await c.listLeases();
  await c.revokeLease(lease.id);
  await (await c.session()).close();
}

async function watches(): Promise<void> {
  const watchers = [c.watch("k/1"), c.watchPrefix("k/"), c.watchRange("k", "l")];
  await Promise.all(watchers.map(({ ready }) => ready));
  await c.put("k/1", "x");
  for (const watcher of watchers) {
    for await (const { value } of watcher) if (value === "x") break;
  }
}

async function locks(): Promise<void> {
  const lock = await c.lock("lock");
  await lock.put("k/1", "y");
  await lock.release();
  await (await c.tryLock("lock"))?.release();
  await etcd.withLock("lock", ({ held }) => held.put("k/1", "z"));
}
