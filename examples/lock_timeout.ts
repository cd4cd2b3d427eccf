/**
 * A task that does not get the lock in time gives up.
 *
 * @module
 */

import { EtcdClient, EtcdTimeoutError } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
const taken = Promise.withResolvers<void>();
const givenUp = Promise.withResolvers<void>();

async function first(): Promise<void> {
  await using communicator = await etcd.withLock("foolock");
  taken.resolve();
  await givenUp.promise;
  console.log("first:", await communicator.get("testkey"));
}

async function second(): Promise<void> {
  await taken.promise;
  try {
    await using communicator = await etcd.withLock("foolock", { timeout: 1_000 });
    console.log("second:", await communicator.get("testkey"));
  } catch (error) {
    if (!(error instanceof EtcdTimeoutError)) throw error;
    console.log(error.name);
  } finally {
    givenUp.resolve();
  }
}

await using communicator = await etcd.connect();
await communicator.put("testkey", "testvalue");
await Promise.all([first(), second()]);
// TimeoutError
// first: testvalue

await communicator.delete("testkey");
