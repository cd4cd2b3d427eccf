/**
 * Puts a value and gets it back.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.put("testkey", "testvalue");
const value = await communicator.get("testkey");
console.log(value); // testvalue

await communicator.delete("testkey");
