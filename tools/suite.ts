/**
 * `deno task test [--runtime deno,bun,node] [--etcd 3.7,3.6,…] [--transport native,grpc-js] [file or folder …]`
 *
 * Without a choice: the gate, the whole suite on every runtime against the default etcd, and the integration tests on
 * every runtime against the other versions of etcd, and on the stock channel. The last line is `N passed, N failed`, over everything that ran.
 * @module
 */

import { parseArgs } from "node:util";
import { gate } from "./gate.ts";
import { closingLine, sum, type Tally } from "./tally.ts";
import { installForBunAndNode } from "./suite/install.ts";
import { legs } from "./suite/legs.ts";
import { runLegs } from "./suite/run_leg.ts";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { runtime: { type: "string" }, etcd: { type: "string" }, transport: { type: "string" } },
});
const chosen = await legs({
  runtimes: values.runtime?.split(","),
  etcds: values.etcd?.split(","),
  transports: values.transport?.split(","),
  files: positionals.length > 0 ? positionals : undefined,
});
const everything = Deno.args.length === 0;

const tallies: Tally[] = everything ? [await gate()] : [];
// The tests of workers need workerd on Deno too.
const fromNpm = chosen.some(({ runtime, files }) =>
  runtime !== "deno" || files.some((file) => file.startsWith("tests/worker/"))
);
if (fromNpm && !await installForBunAndNode()) {
  tallies.push({ passed: 0, failed: 1 });
}
const results = await runLegs(chosen);

const total = sum([...tallies, ...results]);
const failures = results.flatMap((result) => result.failures);
console.log(["", ...failures, ...results.map(({ line }) => line), closingLine(total)].join("\n"));
Deno.exit(total.failed === 0 ? 0 : 1);
