/**
 * Gets the values of all keys with a prefix.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";
import { show } from "./shared/show.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.put("/testdir", "root");
await communicator.put("/testdir/1", "1");
await communicator.put("/testdir/2", "2");
await communicator.put("/testdir/2/3", "3");
const testDir = await communicator.getPrefix("/testdir");
console.log(show(testDir)); // {'/testdir': 'root', '/testdir/1': '1', '/testdir/2': '2', '/testdir/2/3': '3'}

await communicator.deletePrefix("/testdir");
