/**
 * Judging again what a failure has left.
 *
 * @module
 */

import { check } from "../rig/check/all.ts";
import { type EvidenceFile, readReport } from "../rig/history/evidence_file.ts";
import { reportText } from "../rig/trial/print.ts";

/** Runs the checkers on a file and prints what they find; tells whether that is nothing. */
export async function replay(path: string): Promise<boolean> {
  const { about, report, calls, watches, truth } = await readReport(path);
  console.log(`${nameOf(about)}\n${reportText(report)}`);
  console.log(["found then:", ...report.findings].join("\n  "));
  if (watches === undefined || truth === undefined) {
    console.log("There is no history in it: what was found is no matter of checkers.");
    return false;
  }
  const findings = check({ calls, watches, truth });
  console.log(["the checkers find:", ...findings.length === 0 ? ["nothing"] : findings].join("\n  "));
  return findings.length === 0;
}

function nameOf(about: EvidenceFile["about"]): string {
  if ("row" in about) return `row ${about.row}, ${about.tls ? "TLS" : "plaintext"}, seed ${about.seed}`;
  return `window ${about.window} of a soak on etcd ${about.soak.etcd}, seed ${about.soak.seed}`;
}
