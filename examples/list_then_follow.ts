/**
 * Reads all keys with a prefix, then follows their changes from that very revision on: nothing is missed between.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.put("/services/a", "10.0.0.1");
await communicator.put("/services/b", "10.0.0.2");

const { kvs, revision } = await communicator.range({ prefix: "/services/" });
const services = new Map(kvs.map(({ key, value }) => [key, value]));
console.log("listed:", [...services.keys()].join(" "));

// Changes that come before the watch is there.
await communicator.put("/services/c", "10.0.0.3");
await communicator.delete("/services/a");

await using watcher = communicator.watchPrefix("/services/", { startRevision: revision + 1n });
for await (const event of watcher) {
  if (event.type === "PUT") services.set(event.key, event.value);
  else services.delete(event.key);
  if (event.type === "DELETE") break;
}
console.log("followed:", [...services.keys()].join(" "));

await communicator.deletePrefix("/services/");
