/**
 * Every row of the table of faults in its short form, each in a process of its own. Counts and correctness are
 * asserted; durations are printed beside what is promised, and judged by `deno task chaos`.
 *
 * `CHAOS_SEED` repeats the random choices of a run, `CHAOS_ROWS=1,2` chooses rows.
 *
 * @module
 */

import { assert } from "@std/assert";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { sideBySide } from "../harness.ts";
import { Random } from "./rig/random.ts";
import { reportText } from "./rig/trial/print.ts";
import type { Row, RowReport } from "./rig/trial/row.ts";
import { startRow } from "./rig/trial/start_row.ts";
import { ON_ALL_RUNTIMES, ROWS } from "./rows/all.ts";

/** Rows that run side by side: they mostly wait. */
const AT_ONCE = 3;
/** Seconds after which a row hangs, below the limit of a test. */
const LIMIT = 110;

const { CHAOS_SEED, CHAOS_ROWS } = process.env;
const seed = CHAOS_SEED === undefined ? Random.newSeed() : Number(CHAOS_SEED);
const chosen = CHAOS_ROWS?.split(",").map(Number);

/** A row in one of its modes, and what becomes of it. */
interface Attempt {
  readonly row: Row;
  readonly tls: boolean;
  readonly report: PromiseWithResolvers<RowReport>;
}

const attempts: readonly Attempt[] = [false, true].flatMap((tls) =>
  ROWS.filter((row) => tls || !row.tlsOnly)
    .filter(({ number }) => "Deno" in globalThis || ON_ALL_RUNTIMES.includes(number))
    .filter(({ number }) => chosen?.includes(number) ?? true)
    .map((row) => ({ row, tls, report: Promise.withResolvers<RowReport>() }))
);

/** Runs all attempts, some at a time, in the order in which the tests ask for them. */
async function runAll(): Promise<void> {
  const rest = attempts.values();
  const folder = join(tmpdir(), "etcetra-chaos");
  const work = async () => {
    for (const { row, tls, report } of rest) {
      await startRow({ row: row.number, seed, tls, long: false, folder }, LIMIT)
        .then(report.resolve, report.reject);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
}

let running: Promise<void> | undefined;

for (const { row, tls, report } of attempts) {
  // A failure that nobody has asked for yet waits for its test.
  report.promise.catch(() => {});
  sideBySide(`row ${row.number} holds ${tls ? "over TLS" : "in plaintext"}: ${row.title}`, async () => {
    running ??= runAll();
    const result = await report.promise;
    console.log(`row ${row.number}, ${tls ? "TLS" : "plaintext"}, seed ${seed}\n${reportText(result)}`);
    const { findings, file } = result;
    assert(
      findings.length === 0,
      `${findings.join("\n")}\nCHAOS_SEED=${seed} CHAOS_ROWS=${row.number}, see ${file}`,
    );
  });
}
