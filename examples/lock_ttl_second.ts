/**
 * Waits for the lock that `lock_ttl.ts` holds in another process.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
const start = performance.now();
await using _communicator = await etcd.withLock("foolock", { ttl: 5 });
const seconds = (performance.now() - start) / 1_000;
console.log(`acquired lock after ${seconds} seconds`); // acquired lock after 4.756163120269775 seconds
