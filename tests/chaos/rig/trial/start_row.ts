/**
 * Running a row in a process of its own, and judging how the process ends.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../../../src/testing/mod.ts";
import { writeReport } from "../history/evidence_file.ts";
import { type Launch, OWN } from "../runtime.ts";
import type { RowReport, RowRequest } from "./row.ts";

/** Milliseconds within which a process has to end by itself once everything is closed. */
const END = 2_000;
/** The same beside other tests, on a machine that has other work to do: it hangs then. */
const GENEROUS = 20_000;

/**
 * Runs a row.
 *
 * @param limit Seconds after which it has failed.
 * @param launch The runtime.
 */
export async function startRow(request: RowRequest, limit: number, launch: Launch = OWN): Promise<RowReport> {
  const report = await attempt(request, limit, launch);
  if (report.findings.length === 0 || report.file !== undefined) return report;
  return { ...report, file: await writeReport(request, report) };
}

async function attempt(request: RowRequest, limit: number, { program, args }: Launch): Promise<RowReport> {
  const script = fileURLToPath(new URL("./run_row.ts", import.meta.url));
  const env = { ...process.env, NO_COLOR: "1" };
  await using child = LineProcess.start(program, [...args, script, JSON.stringify(request)], env);
  const end = request.long ? END : GENEROUS;
  const overtime = timer(limit * 1000);
  const ending = timer(Infinity);
  let saidAt = 0;
  const said = lastLine(child, () => {
    saidAt = performance.now();
    ending.restart(end);
  }).catch(() => ""); // its output is cut off where it is killed
  const outcome = await Promise.race([child.exited, overtime.over, ending.over]);
  const took = Math.round(performance.now() - saidAt);
  for (const one of [overtime, ending]) one.stop();
  if (outcome === "over") {
    return failed(
      overtime.passed ? `Not done after ${limit} s` : `Not ended ${end} ms after its report`,
      child,
    );
  }
  const line = await said;
  if (outcome !== 0 || !line.startsWith("{")) return failed(`Exited with status ${outcome}: ${line}`, child);
  const report: RowReport = JSON.parse(line);
  const gate = { name: "process ended by itself after", value: took, unit: "ms", limit: END };
  return { ...report, gates: [...report.gates, gate] };
}

function failed(why: string, { stderr }: LineProcess): RowReport {
  return { figures: [], gates: [], findings: [`${why} ${stderr.trim()}`.trim()] };
}

/** The last line that it writes; each one is told of. */
async function lastLine(child: LineProcess, onLine: () => void): Promise<string> {
  let last = "";
  for await (const line of child.lines) {
    last = line;
    onLine();
  }
  return last;
}

/** A timer that can be started late, and asked. */
function timer(milliseconds: number) {
  const { promise: over, resolve } = Promise.withResolvers<"over">();
  let id: ReturnType<typeof setTimeout> | undefined;
  const timer = {
    over,
    passed: false,
    restart(after: number) {
      clearTimeout(id);
      if (after === Infinity) return;
      id = setTimeout(() => {
        timer.passed = true;
        resolve("over");
      }, after);
    },
    stop: () => clearTimeout(id),
  };
  timer.restart(milliseconds);
  return timer;
}
