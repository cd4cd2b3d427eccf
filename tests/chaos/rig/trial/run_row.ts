/**
 * One row in a process of its own: `run_row.ts REQUEST`, where the request is JSON. The last line of the output is the
 * report; after it the process has to end by itself.
 *
 * @module
 */

import process from "node:process";
import { rowOf } from "../../rows/all.ts";
import { GRACE } from "../gates/calls.ts";
import { writeReport } from "../history/evidence_file.ts";
import type { RowReport, RowRequest } from "./row.ts";
import { Trial } from "./trial.ts";

const unhandled: string[] = [];
process.on("unhandledRejection", (reason) => unhandled.push(`Unhandled rejection: ${text(reason)}`));

function text(error: unknown): string {
  return error instanceof Error ? error.stack ?? error.message : String(error);
}

async function run(request: RowRequest): Promise<RowReport> {
  const trial = new Trial(request);
  const findings: string[] = [];
  await rowOf(request.row).run(trial).catch((error) => findings.push(text(error)));
  await trial[Symbol.asyncDispose]().catch((error) => findings.push(`Closing failed: ${text(error)}`));
  await new Promise((resolve) => setTimeout(resolve, 0)); // for rejections that nobody handles
  findings.push(...trial.gate.findings, ...unhandled);
  const { figures, evidence, events, gate } = trial;
  const gates = [{
    name: "calls settled after their deadline",
    value: gate.latest,
    unit: "ms",
    limit: GRACE,
  }];
  const report = { figures, gates, findings };
  if (findings.length === 0) return report;
  return { ...report, file: await writeReport(request, report, { ...evidence, events }) };
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
