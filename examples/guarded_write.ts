/**
 * A holder that has lost its lock, unawares, cannot overwrite what the next holder wrote: its guarded write is
 * refused. Where the data is not in etcd, the fencing token does the same service.
 *
 * @module
 */

import { EtcdClient, EtcdLockLostError } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await using first = await communicator.lock("jobs");
await first.put("jobs/done", "by first");

// What a pause of the first holder, longer than its session's ttl, comes to.
await communicator.revokeLease(first.lease);
await using second = await communicator.lock("jobs");
await second.put("jobs/done", "by second");
console.log("a later holder has a greater token:", second.fencingToken > first.fencingToken);

try {
  await first.put("jobs/done", "by first, too late");
} catch (error) {
  if (!(error instanceof EtcdLockLostError)) throw error;
  console.log(error.name);
}
console.log(await communicator.get("jobs/done")); // by second

await communicator.delete("jobs/done");
