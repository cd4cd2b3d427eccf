/**
 * A key that is there for as long as the process that put it: when the process ends or dies, its session's lease
 * ends, and the key with it.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();
await using watcher = communicator.watch("workers/1");
await watcher.ready;

{
  await using session = await communicator.session({ ttl: 10 });
  await communicator.put("workers/1", "at work", { lease: session.lease });
}

for await (const event of watcher) {
  console.log(event.type, event.key);
  if (event.type === "DELETE") break;
}
// PUT workers/1
// DELETE workers/1
