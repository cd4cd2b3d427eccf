/**
 * `deno task chaos`: the rows of the table of faults in their long form, round after round, and what they came to.
 *
 * @module
 */

import { obtain } from "../../../src/testing/binary/obtain.ts";
import { hardware } from "../../../tools/machine.ts";
import { installForBunAndNode } from "../../../tools/suite/install.ts";
import { describe, program } from "../../../tools/suite/runtimes.ts";
import { seconds } from "../../../tools/tally.ts";
import { Random } from "../rig/random.ts";
import { ARGUMENTS } from "../rig/runtime.ts";
import { figureText } from "../rig/trial/print.ts";
import { startRow } from "../rig/trial/start_row.ts";
import { type ChaosOptions, readOptions, USAGE } from "./options.ts";
import { publish } from "./publish.ts";
import { replay } from "./replay.ts";
import { failureText, gatesText, heading, table } from "./table.ts";
import { type Outcome, Tally } from "./tally.ts";
import { rounds, type Try, tryAgain } from "./tries.ts";

/** Seconds after which a try hangs. */
const LIMIT = 300;
/** Where the histories of failures go. */
const FOLDER = ".cache/chaos";

const options = readOptions(Deno.args);
if (options === undefined) console.log(USAGE);
else if (options.replay !== undefined) Deno.exitCode = await replay(options.replay) ? 0 : 1;
else Deno.exitCode = await runAll(options) ? 0 : 1;

/** Runs tries until the time is over, prints what they came to, and tells whether all went well. */
async function runAll(options: ChaosOptions): Promise<boolean> {
  const { minutes, seed, rows, etcd, again } = options;
  if (options.runtime !== "deno" && !await installForBunAndNode()) return false;
  const { version } = await obtain("etcd", etcd);
  await obtain("etcdctl", etcd);
  console.log(`etcd ${version}, ${await describe(options.runtime)}: ${options.command}`);
  const tally = new Tally();
  const started = performance.now();
  const batches = again === undefined ? rounds(rows, new Random(seed)) : tryAgain(rows, again);
  for (const batch of batches) {
    await Promise.all(batch.map(async (one) => {
      const outcome = await run(one, options);
      tally.add(outcome);
      console.log(`${seconds(performance.now() - started)}: ${told(outcome, options)}`);
    }));
    if (again === undefined && performance.now() - started > minutes * 60_000) break;
  }
  await summarize(tally, options, version);
  return tally.failures.length === 0;
}

async function run(one: Try, { etcd, runtime }: ChaosOptions): Promise<Outcome> {
  const started = performance.now();
  const { row: { number: row }, tls, seed } = one;
  const launch = { program: program(runtime), args: ARGUMENTS[runtime] };
  const report = await startRow({ row, tls, seed, etcd, long: true, folder: FOLDER }, LIMIT, launch);
  return { ...one, report, took: performance.now() - started };
}

/** A try on one line, or what is wrong with it. */
function told(outcome: Outcome, options: ChaosOptions): string {
  const { row, tls, report, took } = outcome;
  if (report.findings.length > 0) return `FAILED after ${seconds(took)}, ${failureText(outcome, options)}`;
  const promised = report.figures.filter(({ limit }) => limit !== undefined).map(figureText);
  return `row ${row.number}, ${tls ? "TLS" : "plaintext"}: ok after ${seconds(took)}; ${promised.join("; ")}`;
}

async function summarize(tally: Tally, options: ChaosOptions, etcd: string): Promise<void> {
  const surroundings = {
    date: new Date().toISOString().slice(0, 10),
    machine: `${await hardware()}, ${Deno.build.os}`,
    etcd,
    runtime: await describe(options.runtime),
  };
  const text = [heading(tally, options, surroundings), table(tally), gatesText(tally)].join("\n\n");
  console.log(`\n${text}\n`);
  for (const failure of tally.failures) console.log(failureText(failure, options));
  const missing = options.rows.filter((row) => !tally.rows.some((tried) => tried.row === row));
  if (missing.length > 0) console.log(`not tried: ${missing.map(({ number }) => number).join(", ")}`);
  console.log(`${tally.tries - tally.failures.length} held, ${tally.failures.length} failed`);
  if (options.publish) {
    await publish(`${options.runtime}, etcd ${etcd.split(".", 2).join(".")}`, text);
  }
}
