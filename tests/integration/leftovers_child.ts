/**
 * A process that uses an etcd for everything, closes its client, and then has nothing more to do:
 * `leftovers_child.ts ENDPOINT OPTIONS`. It prints what its event loop waited for before and after.
 *
 * @module
 */

import process from "node:process";
import { setImmediate } from "node:timers";
import { EtcdClient } from "../../mod.ts";
import { useEverything } from "./workload.ts";

/** What keeps the process alive; Bun tells nothing. */
const active = () => process.getActiveResourcesInfo().filter((resource) => resource !== "Immediate").sort();

process.on("unhandledRejection", (reason) => {
  console.log(JSON.stringify({ unhandled: String(reason) }));
});
const [endpoint, options] = process.argv.slice(2);
const before = active();
const client = new EtcdClient(endpoint, JSON.parse(options));
await useEverything(client, new AbortController().signal);
await client.close();
let after = active();
for (let turn = 0; turn < 1_000 && after.length > before.length; turn++) {
  await new Promise((resolve) => setImmediate(resolve));
  after = active();
}
console.log(JSON.stringify({ before, after }));
