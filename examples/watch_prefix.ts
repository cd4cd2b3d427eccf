/**
 * Watches all keys with a prefix.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();
await using watcher = communicator.watchPrefix("/testdir");

async function watch(): Promise<void> {
  for await (const event of watcher) {
    console.log(event.type, event.key, event.value);
    if (event.value === "4") break;
  }
}

async function update(): Promise<void> {
  await watcher.ready;
  await communicator.put("/testdir", "1");
  await communicator.put("/testdir/foo", "2");
  await communicator.put("/testdir/bar", "3");
  await communicator.put("/testdir/foo/baz", "4");
}

await Promise.all([watch(), update()]);
// PUT /testdir 1
// PUT /testdir/foo 2
// PUT /testdir/bar 3
// PUT /testdir/foo/baz 4

await communicator.deletePrefix("/testdir");
