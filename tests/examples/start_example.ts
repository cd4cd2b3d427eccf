/**
 * Starting an example as its reader would: as a program of the runtime that runs the tests.
 *
 * @module
 */

import process from "node:process";
import { LineProcess } from "@etcetra/etcd/testing";

/** What stands between the program of the runtime and the path of the example. */
function runtimeArguments(): string[] {
  // The types are the gate's to check, once.
  if ("Deno" in globalThis) return ["run", "--quiet", "--no-check", "-P=examples"];
  if ("Bun" in globalThis) return ["run"];
  return [];
}

/** Starts `examples/NAME.ts` against the etcd at `endpoint`. */
export function startExample(name: string, endpoint: string): LineProcess {
  const args = [...runtimeArguments(), `examples/${name}.ts`];
  const env = Object.entries({ ...process.env, ETCD_ENDPOINT: endpoint, NO_COLOR: "1" })
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return LineProcess.start(process.execPath, args, Object.fromEntries(env));
}
