/**
 * The checks that every commit passes, one after the other; the output of one is shown only where it fails.
 * @module
 */

import { obtain } from "../src/testing/binary/obtain.ts";
import { run } from "./child.ts";
import { ENTRIES } from "./entries.ts";
import { largeFiles } from "./large_files.ts";
import { seconds, type Tally } from "./tally.ts";
import { unreachedFiles } from "./unreached_files.ts";

/** Each check: what it holds, and the arguments of `deno` that find out. */
const CHECKS: readonly (readonly [name: string, args: readonly string[]])[] = [
  ["the code is formatted", ["fmt", "--check"]],
  ["the linter is silent", ["lint"]],
  ["the types hold", ["check"]],
  ["every public symbol is documented", ["doc", "--lint", ...ENTRIES]],
  ["the documentation's examples run", ["test", "--doc", "-P=test", "mod.ts", "src"]],
  ["imports go one way", ["run", "-P=tools", "tools/layers.ts"]],
  ["runtime globals stay in their rooms", ["run", "-P=tools", "tools/runtime_globals.ts"]],
  ["the generated code is what the protocol files give", ["task", "proto", "--check"]],
  // The gate runs before a commit too, where `publish` left to itself refuses the uncommitted work.
  ["the package can be published", ["publish", "--dry-run", "--allow-dirty"]],
];

/** Runs all checks, also after one failed. */
export async function gate(): Promise<Tally> {
  console.log("── the gate ──");
  // The examples start one. Where it has to be fetched or built first, that is to be seen; if it fails, they tell.
  await obtain("etcd", undefined).catch(() => {});
  let failed = 0;
  for (const [name, args] of CHECKS) {
    const { code, output, took } = await run(Deno.execPath(), args, { collect: true });
    if (code !== 0) {
      failed++;
      console.log(output.trimEnd());
    }
    console.log(`${code === 0 ? "ok    " : "FAILED"}  ${name} (${seconds(took)})  deno ${args.join(" ")}`);
  }
  for (const note of [...await largeFiles(), ...await unreachedFiles()]) console.log(`note    ${note}`);
  return { passed: CHECKS.length - failed, failed };
}
