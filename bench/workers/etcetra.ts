/**
 * Our client; with a second argument, over the transport of that name.
 *
 * @module
 */

import process from "node:process";
import { EtcdClient } from "../../mod.ts";
import { GET_KEY, LOCK_NAME, PUT_PREFIX, RANGE_PREFIX, SMALL_VALUE } from "./protocol.ts";
import { endpoint, type Job, serve } from "./serve.ts";

const client = new EtcdClient(endpoint, { transport: process.argv[3] === "grpc-js" ? "grpc-js" : "native" });
const communicator = await client.connect();
const value = "v".repeat(SMALL_VALUE);

async function readRange(): Promise<void> {
  let read = 0;
  const { kvs } = await communicator.range({ prefix: RANGE_PREFIX }, { serializable: true });
  for (const kv of kvs) read += kv.key.length + kv.value.length;
  if (read === 0) throw new Error("the range is empty");
}

async function lockAndRelease(): Promise<Job> {
  const session = await communicator.session();
  const call = async (): Promise<void> => {
    const lock = await communicator.lock(LOCK_NAME, { session });
    await lock.release();
  };
  return { call, end: () => session.close() };
}

async function connectAndClose(): Promise<void> {
  const another = await client.connect();
  await another.close();
}

const serializable = { serializable: true };

await serve({
  job(name) {
    switch (name) {
      case "get":
        return { call: () => communicator.get(GET_KEY, serializable) };
      case "put":
        return { call: (slot) => communicator.put(`${PUT_PREFIX}${slot}`, value) };
      case "range":
        return { call: readRange };
      case "lock":
        return lockAndRelease();
      case "connect":
        return { call: connectAndClose };
    }
  },
  async watch(events, startRevision, watching) {
    const watcher = communicator.watchPrefix(PUT_PREFIX, { startRevision });
    await watcher.ready;
    if (startRevision === undefined) watching();
    let read = 0, seen = 0;
    for await (const { key, value } of watcher) {
      read += key.length + (value ?? "").length;
      if (++seen === events) break;
    }
    if (read === 0) throw new Error("the events are empty");
  },
  async entries(onPage) {
    let count = 0;
    for await (const { value } of communicator.entries({ all: true }, { onPage })) {
      if (value.length > 0) count++;
    }
    return count;
  },
});
