/**
 * Watches a key.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();
await using watcher = communicator.watch("testkey");

async function watch(): Promise<void> {
  for await (const event of watcher) {
    console.log(event.type, event.value);
    if (event.value === "5") break;
  }
}

async function update(): Promise<void> {
  await watcher.ready;
  for (const value of ["1", "2", "3", "4", "5"]) await communicator.put("testkey", value);
}

await Promise.all([watch(), update()]);
// PUT 1
// PUT 2
// PUT 3
// PUT 4
// PUT 5

await communicator.delete("testkey");
