/**
 * `deno task proto`: keeps proto/gen what proto/*.proto say, and proto/*.proto what etcd's releases say.
 * @module
 */

import { join } from "node:path";
import { parseArgs } from "node:util";
import { describeDifference } from "./compare.ts";
import { checkGenerated, regenerate } from "./generated.ts";
import { withTempDir } from "./process.ts";
import { compareRelease } from "./release.ts";
import { fetchRelease } from "./release_fetch.ts";
import { UNCARRIED_NAMES } from "./uncarried.ts";

const USAGE = `Usage: deno task proto [option]

  (none)         make proto/gen anew from proto/*.proto
  --check        exit 1 where proto/gen is not what proto/*.proto say
  --from DIR     exit 1 where the protos of the etcd release in DIR have what ours lack or have otherwise;
                 given several times for a release in several directories, such as the Go modules
                 go.etcd.io/etcd/api/v3 and server/v3; packages that are in none of them are named
  --etcd vX.Y.Z  the same for a release that is fetched, by Go or from GitHub
  --help         this text
`;

const PROTO = join(import.meta.dirname!, "../../proto");

async function main(args: string[]): Promise<number> {
  const { values } = parseArgs({
    args,
    options: {
      check: { type: "boolean" },
      from: { type: "string", multiple: true },
      etcd: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  if (values.check) return await check();
  if (values.from !== undefined) return await compare(values.from);
  if (values.etcd !== undefined) return await compareFetched(values.etcd.replace(/^v/, ""));
  console.log(`Made ${(await regenerate(PROTO)).length} files in proto/gen`);
  return 0;
}

async function check(): Promise<number> {
  const lines = await checkGenerated(PROTO);
  for (const line of lines) console.error(`proto/gen/${line}`);
  console.log(lines.length === 0 ? "proto/gen is up to date" : "Run `deno task proto` and commit proto/gen");
  return lines.length === 0 ? 0 : 1;
}

/** For the very release that proto/VERSION names, what ours has beyond it is a mistake too. */
async function compareFetched(version: string): Promise<number> {
  if (!/^\d+\.\d+\.\d+/.test(version)) throw new TypeError(`Not an etcd version: ${version}`);
  const own = (await Deno.readTextFile(join(PROTO, "VERSION"))).trim();
  return await withTempDir(async (dir) => compare(await fetchRelease(version, dir), version === own));
}

async function compare(dirs: readonly string[], exact = false): Promise<number> {
  const { lacking, beyond, passedOver, unknownPackages, absentPackages } = await compareRelease(PROTO, dirs);
  for (const name of unknownPackages) console.log(`lacks package ${name}`);
  for (const difference of [...lacking, ...beyond]) console.log(describeDifference(difference));
  for (const name of passedOver) console.log(`leaves out ${name}: ${UNCARRIED_NAMES.get(name)}`);
  for (const name of absentPackages) console.log(`does not find package ${name}, and has not compared it`);
  const faults = lacking.length + unknownPackages.length;
  console.log(
    `${faults} lacking or different, ${beyond.length} not in the release, ${passedOver.length} left out`,
  );
  return faults + (exact ? beyond.length + absentPackages.length : 0) === 0 ? 0 : 1;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  Deno.exit(2);
}
