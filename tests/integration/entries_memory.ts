/**
 * A process that reads all entries of an etcd and prints how its memory grew: `entries_memory.ts ENDPOINT`.
 *
 * @module
 */

import process from "node:process";
import { EtcdClient, type KeyValue } from "../../mod.ts";

await using client = new EtcdClient(process.argv[2]);
await using c = await client.connect();
await c.get("warm up");
const before = process.memoryUsage().rss;
const kept: KeyValue<string>[] = [];
let count = 0;
let peak = 0;
for await (const kv of c.entries({ all: true })) {
  if (count++ % 200 !== 0) continue;
  kept.push(kv);
  peak = Math.max(peak, process.memoryUsage().rss);
}
console.log(JSON.stringify({ count, kept: kept.length, growth: peak - before }));
