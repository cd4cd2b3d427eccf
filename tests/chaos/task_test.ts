import { assert, assertEquals } from "@std/assert";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "../harness.ts";
import { check } from "./rig/check/all.ts";
import { writeReport } from "./rig/history/evidence_file.ts";
import { Random } from "./rig/random.ts";
import type { Figure, RowReport } from "./rig/trial/row.ts";
import { rowOf, ROWS } from "./rows/all.ts";
import { LIES } from "./simulation/mutate.ts";
import { simulate } from "./simulation/simulate.ts";
import { replay } from "./task/replay.ts";
import { table } from "./task/table.ts";
import { Tally } from "./task/tally.ts";
import { rounds, type Try, tryAgain } from "./task/tries.ts";

/** So many tries of the task. */
function take(seed: number, count: number): Try[] {
  const tries: Try[] = [];
  for (const batch of rounds(ROWS, new Random(seed))) {
    tries.push(...batch);
    if (tries.length >= count) break;
  }
  return tries;
}

test("two rounds try every row once in each mode, and the same seed leads to the same tries", () => {
  const tries = take(7, 2 * ROWS.length);
  for (const row of ROWS) {
    const modes = tries.filter((one) => one.row === row).map(({ tls }) => tls).sort();
    assertEquals(modes, row.tlsOnly ? [true, true] : [false, true], `row ${row.number}`);
  }
  assertEquals(tries, take(7, 2 * ROWS.length));
  const order = (tries: readonly Try[]) => tries.map(({ row, seed }) => `${row.number} ${seed}`).join();
  assert(order(tries) !== order(take(8, 2 * ROWS.length)));
});

test("a try that is had again has the seed that it had", () => {
  assertEquals([...tryAgain([rowOf(5), rowOf(21)], 9)].flat(), [
    { row: rowOf(5), tls: false, seed: 9 },
    { row: rowOf(5), tls: true, seed: 9 },
    { row: rowOf(21), tls: true, seed: 9 },
  ]);
});

function outcome(row: number, tls: boolean, figures: readonly Figure[], findings: readonly string[] = []) {
  const report: RowReport = { figures, gates: [], findings };
  return { row: rowOf(row), tls, seed: 1, took: 0, report };
}

test("the summary shows the worst figure of each mode, and counts tries and failures", () => {
  const tally = new Tally();
  const figure = (value: number) => ({ name: "moved", value, unit: "ms", limit: 10 });
  tally.add(outcome(5, false, [figure(3), { name: "of no interest", value: 1, unit: "" }]));
  tally.add(outcome(5, false, [figure(2)]));
  tally.add(outcome(5, true, [figure(40)], ["moved: 40 ms, where 10 is promised"]));
  const cells = table(tally).split("\n").at(-1)!.split(" | ");
  assertEquals(cells.slice(2), ["moved: 3 ms of 10 ms", "moved: 40 ms of 10 ms", "3", "1 |"]);
  assertEquals(tally.failures.map(({ tls }) => tls), [true]);
});

test("a history in a file is judged again as it was judged first", async () => {
  const folder = await mkdtemp(join(tmpdir(), "etcetra-replay-"));
  try {
    const random = new Random(1); // of some seeds a lie goes unseen, as rarely as checkers_test.ts allows
    const right = simulate(random);
    const wrong = Object.values(LIES)[0](simulate(random), random)!;
    const findings = check(wrong);
    assert(findings.length > 0);
    const write = (row: number, history: typeof right, findings: readonly string[]) =>
      writeReport(
        { row, seed: random.seed, tls: false, long: true, folder },
        { figures: [], gates: [], findings },
        history,
      );
    assertEquals(await replay(await write(1, right, [])), true);
    assertEquals(await replay(await write(2, wrong, findings)), false);
  } finally {
    await rm(folder, { recursive: true });
  }
});
