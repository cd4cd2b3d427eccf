/**
 * etcd3 from npm, which is installed in the folder that the second argument names.
 *
 * @module
 */

import { createRequire } from "node:module";
import process from "node:process";
import { GET_KEY, LOCK_NAME, PUT_PREFIX, RANGE_PREFIX, SMALL_VALUE } from "./protocol.ts";
import { endpoint, serve } from "./serve.ts";

/** The part of etcd3 1.1.2 that is used. */
interface Etcd3 {
  get(key: string): { serializable(on: boolean): { string(): Promise<string | null> } };
  getAll(): {
    prefix(key: string): { serializable(on: boolean): { strings(): Promise<Record<string, string>> } };
  };
  put(key: string): { value(value: string): { exec(): Promise<unknown> } };
  lock(name: string): { acquire(): Promise<{ release(): Promise<void> }> };
  watch(): WatchBuilder;
}
interface WatchBuilder {
  prefix(key: string): WatchBuilder;
  startRevision(revision: string): WatchBuilder;
  create(): Promise<Watcher>;
}
interface Watcher {
  on(event: "put", listener: (kv: { readonly key: Text; readonly value: Text }) => void): void;
  on(event: "error", listener: (error: unknown) => void): void;
  cancel(): Promise<void>;
}
interface Text {
  toString(): string;
}

const require = createRequire(`${process.argv[3]}/package.json`);
const { Etcd3 } = require("etcd3") as { Etcd3: new (options: { hosts: string }) => Etcd3 };
const client = new Etcd3({ hosts: endpoint });
const value = "v".repeat(SMALL_VALUE);
await client.get(GET_KEY).serializable(true).string();

async function readRange(): Promise<void> {
  let read = 0;
  const map = await client.getAll().prefix(RANGE_PREFIX).serializable(true).strings();
  for (const [key, value] of Object.entries(map)) read += key.length + value.length;
  if (read === 0) throw new Error("the range is empty");
}

async function lockAndRelease(): Promise<void> {
  const lock = await client.lock(LOCK_NAME).acquire();
  await lock.release();
}

await serve({
  job(name) {
    switch (name) {
      case "get":
        return { call: () => client.get(GET_KEY).serializable(true).string() };
      case "put":
        return { call: (slot) => client.put(`${PUT_PREFIX}${slot}`).value(value).exec() };
      case "range":
        return { call: readRange };
      case "lock":
        return { call: lockAndRelease };
    }
  },
  async watch(events, from, watching) {
    const builder = client.watch().prefix(PUT_PREFIX);
    if (from !== undefined) builder.startRevision(String(from));
    const watcher = await builder.create();
    const done = Promise.withResolvers<void>();
    let read = 0, seen = 0;
    watcher.on("put", ({ key, value }) => {
      read += key.toString().length + value.toString().length;
      if (++seen === events) done.resolve();
    });
    watcher.on("error", done.reject);
    if (from === undefined) watching();
    await done.promise;
    await watcher.cancel();
    if (read === 0) throw new Error("the events are empty");
  },
});
