/**
 * A lock with a ttl is released after that many seconds, whatever its holder does. While this program holds it,
 * run `lock_ttl_second.ts` in another terminal.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { delay } from "@std/async";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.withLock("foolock", { ttl: 5 });
console.log("first: holding the lock for 5 seconds");

try {
  await delay(10_000, { signal: communicator.held.signal });
} catch {
  console.log("first: the lock is gone");
}
