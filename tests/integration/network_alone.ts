/**
 * Uses a bit of everything on the etcd that it is told, with no permission but the network's; `network_alone_test.ts`
 * runs it in a process of its own.
 *
 * @module
 */

import { EtcdClient } from "../../mod.ts";

await using etcd = new EtcdClient(Deno.args[0]);
await etcd.sync();
await using c = await etcd.connect();
await using watcher = c.watch("k");
await watcher.ready;
await using lock = await c.lock("lock");
await lock.put("k", "v");
for await (const event of watcher) {
  console.log(event.value);
  break;
}
