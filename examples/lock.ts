/**
 * Two tasks take turns at one lock.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
const taken = Promise.withResolvers<void>();

async function first(): Promise<string> {
  await using communicator = await etcd.withLock("foolock");
  taken.resolve();
  return `first: ${await communicator.get("testkey")}`;
}

async function second(): Promise<string> {
  await taken.promise;
  await using communicator = await etcd.withLock("foolock");
  return `second: ${await communicator.get("testkey")}`;
}

await using communicator = await etcd.connect();
await communicator.put("testkey", "testvalue");
const said = await Promise.all([first(), second()]);
console.log(said.join(" | ")); // first: testvalue | second: testvalue

await communicator.delete("testkey");
