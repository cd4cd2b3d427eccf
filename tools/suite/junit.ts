/**
 * Counts from a JUnit report, the one format that the test runners of Deno, Bun and Node all write.
 * @module
 */

import type { Tally } from "../tally.ts";

const ATTRIBUTES = String.raw`(?:\s+[\w:-]+="[^"]*")*`;
const TEST_CASE = new RegExp(String.raw`<testcase(${ATTRIBUTES})\s*(?:/>|>([\s\S]*?)</testcase>)`, "g");

/**
 * Counts the test cases of a report; skipped ones count as neither.
 *
 * Node reports a file that ran no test of its own (it was empty, or the process left early) as one case with the
 * file's name: that is a failure, whatever its state.
 */
export function countJUnit(report: string): Tally {
  let passed = 0;
  let failed = 0;
  for (const [, attributes, body = ""] of report.matchAll(TEST_CASE)) {
    if (body.includes("<skipped")) continue;
    if (/<(failure|error)\b/.test(body) || /\sname="[^"]*_test\.ts"/.test(attributes)) failed++;
    else passed++;
  }
  return { passed, failed };
}
