/**
 * One row in a process of its own: `run_row.ts REQUEST`, where the request is JSON. The last line of the output is the
 * report; after it the process has to end by itself.
 *
 * @module
 */

import process from "node:process";
import { rowOf } from "../../rows/all.ts";
import { writeEvidence } from "../history/evidence_file.ts";
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
  const { figures, evidence } = trial;
  if (findings.length === 0 || evidence === undefined) return { figures, findings };
  const file = `${request.folder}/row-${request.row}-${
    request.tls ? "tls" : "plaintext"
  }-${request.seed}.json`;
  await writeEvidence(file, { about: request, findings, ...evidence });
  return { figures, findings, file };
}

console.log(JSON.stringify(await run(JSON.parse(process.argv[2]))));
