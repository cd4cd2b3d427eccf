/**
 * One leg of a test run: run it, then judge it by its report and its exit together.
 * @module
 */

import { obtain } from "../../src/testing/binary/obtain.ts";
import { type Exit, run } from "../child.ts";
import { seconds, type Tally } from "../tally.ts";
import { readJUnit } from "./junit.ts";
import type { Leg } from "./legs.ts";
import { describe, program, testArguments } from "./runtimes.ts";

/** Milliseconds for one leg; a hung one is ended then and counts as failed. */
const LEG_LIMIT = 30 * 60_000;

export interface LegResult extends Tally {
  /** The leg, its counts and its time, on one line. */
  readonly line: string;
  /** What failed, each with the leg it failed in. */
  readonly failures: readonly string[];
}

/** Legs that run side by side: they mostly wait, for leases to end and servers to start. */
const AT_ONCE = 4;

/** Runs legs, some at a time, and returns their results in order. */
export async function runLegs(legs: readonly Leg[]): Promise<LegResult[]> {
  const results: LegResult[] = [];
  const rest = legs.entries();
  const work = async () => {
    for (const [i, leg] of rest) results[i] = await runLeg(leg);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return results;
}

/** Runs a leg and prints what becomes of it; one that cannot even start is a failure like any other. */
async function runLeg(leg: Leg): Promise<LegResult> {
  const result = await attempt(leg).catch((error: Error) => ({
    passed: 0,
    failed: 1,
    failures: [],
    line: `${leg.runtime}, etcd ${leg.etcd}, ${leg.transport}: 0 passed, 1 failed; ${error.message}`,
  }));
  console.log(result.line);
  return result;
}

async function attempt({ runtime, etcd, transport, files }: Leg): Promise<LegResult> {
  const title = `${await describe(runtime)}, etcd ${etcd}, ${transport}`;
  console.log(`started ${title}: ${files.length} files`);
  // Here, where it shows and where no test's time runs; every later search finds it in the cache.
  for (const tool of ["etcd", "etcdctl"] as const) await obtain(tool, etcd);
  const report = await Deno.makeTempFile({ suffix: ".xml" });
  try {
    const exit = await run(program(runtime), testArguments(runtime, files, report), {
      env: { ETCD_VERSION: etcd, ETCETRA_TRANSPORT: transport },
      limit: LEG_LIMIT,
      collect: true,
    });
    const counted = readJUnit(await Deno.readTextFile(report));
    const trouble = judge(exit, counted);
    const failed = counted.failed + (trouble === undefined ? 0 : 1);
    if (failed > 0) console.log(`\n── ${title} ──\n${exit.output.trimEnd()}\n`);
    const line = `${title}: ${counted.passed} passed, ${failed} failed (${seconds(exit.took)})` +
      (trouble === undefined ? "" : `; ${trouble}`);
    const failures = counted.failures.map((failure) => `${title}: ${failure}`);
    return { passed: counted.passed, failed, line, failures };
  } finally {
    await Deno.remove(report);
  }
}

/** What is wrong with a leg beyond the tests that its report calls failed. */
function judge({ code, timedOut }: Exit, { passed, failed }: Tally): string | undefined {
  if (timedOut) return `ended after ${seconds(LEG_LIMIT)}`;
  if (passed + failed === 0) return `ran no test and exited with code ${code}`;
  if (code !== 0 && failed === 0) return `exited with code ${code} though no test failed`;
  return undefined;
}
