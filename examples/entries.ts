/**
 * Reads a range that need not fit into memory, page by page, at one revision.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";
import { endpoint } from "./shared/endpoint.ts";

const etcd = new EtcdClient(endpoint);
await using communicator = await etcd.connect();

await communicator.txn((action) => {
  for (let i = 100; i < 200; i++) action.put(`readings/${i}`, String(i));
});

let sum = 0;
const readings = communicator.entries({ prefix: "readings/" }, {
  pageSize: 50,
  onPage: ({ seen, total }) => console.log(`${seen} of ${total}`),
});
for await (const { value } of readings) sum += Number(value);
console.log("sum:", sum); // sum: 14950

await communicator.deletePrefix("readings/");
