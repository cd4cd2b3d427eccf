/**
 * What a JUnit report says, the one format that the test runners of Deno, Bun and Node all write.
 * @module
 */

import type { Tally } from "../tally.ts";

/** Lines of a failure that are kept: its message, and where it comes from. */
const KEPT = 8;

const ATTRIBUTES = String.raw`(?:\s+[\w:-]+="[^"]*")*`;
const TEST_CASE = new RegExp(String.raw`<testcase(${ATTRIBUTES})\s*(?:/>|>([\s\S]*?)</testcase>)`, "g");

const FAILURE = new RegExp(
  String.raw`<(?:failure|error)(${ATTRIBUTES})\s*(?:/>|>([\s\S]*?)</(?:failure|error)>)`,
);

/** What the tests of a report came to. */
export interface Results extends Tally {
  /** The names of the tests that failed, each with the first lines of its failure. */
  readonly failures: readonly string[];
}

/**
 * Reads the test cases of a report; skipped ones count as neither passed nor failed.
 *
 * Node reports a file that ran no test of its own (it was empty, or the process left early) as one case with the
 * file's name: that is a failure, whatever its state.
 */
export function readJUnit(report: string): Results {
  const failures: string[] = [];
  let passed = 0;
  for (const [, attributes, body = ""] of report.matchAll(TEST_CASE)) {
    if (body.includes("<skipped")) continue;
    const name = attribute(attributes, "name");
    if (/<(failure|error)\b/.test(body) || name.endsWith("_test.ts")) {
      failures.push(`${name}\n${reason(body)}`);
    } else passed++;
  }
  return { passed, failed: failures.length, failures };
}

/** The first lines of a failure: its text, or the message where it has none. */
function reason(body: string): string {
  const [, attributes = "", text = ""] = FAILURE.exec(body) ?? [];
  const whole = text.trim() || attribute(attributes, "message");
  return unescape(whole).split("\n").slice(0, KEPT).map((line) => `    ${line}`).join("\n");
}

function attribute(attributes: string, name: string): string {
  return unescape(new RegExp(String.raw`\s${name}="([^"]*)"`).exec(attributes)?.[1] ?? "");
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", quot: '"', apos: "'", amp: "&" };

function unescape(xml: string): string {
  return xml.replace(/&(?:#(\d+)|#x([\da-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? parseInt(hex, 16) : Number(decimal));
  });
}
