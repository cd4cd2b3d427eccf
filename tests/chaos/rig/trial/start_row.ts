/**
 * Running a row in a process of its own, on the runtime that runs this, and judging how the process ends.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../../../src/testing/mod.ts";
import { RUN } from "../runtime.ts";
import type { RowReport, RowRequest } from "./row.ts";

/** Milliseconds within which a process has to end by itself once everything is closed. */
const END = 2_000;

/**
 * Runs a row.
 *
 * @param limit Seconds after which it has failed.
 */
export async function startRow(request: RowRequest, limit: number): Promise<RowReport> {
  const script = fileURLToPath(new URL("./run_row.ts", import.meta.url));
  const env = { ...process.env, NO_COLOR: "1" };
  await using child = LineProcess.start(process.execPath, [...RUN, script, JSON.stringify(request)], env);
  const overtime = timer(limit * 1000);
  const ending = timer(Infinity);
  const said = lastLine(child, () => ending.restart(END));
  const outcome = await Promise.race([child.exited, overtime.over, ending.over]);
  for (const one of [overtime, ending]) one.stop();
  if (outcome === "over") {
    const findings = [overtime.passed ? `Not done after ${limit} s` : `Not ended ${END} ms after its report`];
    return { figures: [], findings: [...findings, child.stderr.trim()] };
  }
  const line = await said;
  if (outcome === 0 && line.startsWith("{")) return JSON.parse(line);
  return { figures: [], findings: [`Exited with status ${outcome}: ${child.stderr.trim() || line}`] };
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
