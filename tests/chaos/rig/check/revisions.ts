/**
 * The revision check: writes map one to one to the truth, linearizable calls respect real time, and every read
 * equals the truth at its revision.
 *
 * @module
 */

import { type Call, describe, type Entry, isLinearizable, type Read, type Swap } from "../history/call.ts";
import type { Timeline } from "../history/truth.ts";
import { checkWrites } from "./writes.ts";

/**
 * Checks calls against the truth.
 *
 * @returns What is wrong, one sentence each; nothing where all is well.
 */
export function checkRevisions(calls: readonly Call[], truth: Timeline): string[] {
  const { executed, findings } = checkWrites(calls, truth);
  const own = calls.flatMap((call) => {
    const { request, revision } = call;
    if (revision !== undefined && revision > truth.last) {
      return [`${describe(call)} is of a revision that never was`];
    }
    if (request.kind === "read") return revision === undefined ? [] : checkRead(call, request, truth);
    return request.kind === "swap" ? checkSwap(call, request, executed.get(call), truth) : [];
  });
  return [...findings, ...own, ...checkRealTime(calls, executed)];
}

function checkRead(call: Call, { key, prefix }: Read, truth: Timeline): string[] {
  const revision = call.revision!;
  if (prefix !== undefined) return compare(call, truth.list(prefix, revision));
  return compare(call, [truth.at(key!, revision)].filter((entry) => entry !== null));
}

function checkSwap(call: Call, request: Swap, executed: number | undefined, truth: Timeline): string[] {
  const { response, revision } = call;
  const at = executed !== undefined ? executed - 1 : revision;
  if (at === undefined) return [];
  const before = truth.at(request.key, at);
  const held = (before?.value ?? null) === request.expected;
  if (held !== (executed !== undefined)) return [`${describe(call)} met ${before?.value ?? "no key"}`];
  return response === undefined || response.succeeded ? [] : compare(call, before === null ? [] : [before]);
}

function compare(call: Call, expected: readonly Entry[]): string[] {
  const [found, wanted] = [call.response!.entries ?? [], expected].map((entries) =>
    JSON.stringify(entries.map((e) => [e.key, e.value, e.createRevision, e.modRevision, e.version]))
  );
  return found === wanted ? [] : [`${describe(call)} found ${found}, where there was ${wanted}`];
}

/**
 * No linearizable call shows less than what had been answered before it began, and no write takes effect before.
 *
 * @param executed The revision of each write that was executed, known to its caller or not.
 */
function checkRealTime(calls: readonly Call[], executed: ReadonlyMap<Call, number>): string[] {
  const findings: string[] = [];
  const linearizable = calls.filter(isLinearizable);
  const answered = linearizable.filter(({ response }) => response !== undefined)
    .sort((a, b) => a.return - b.return);
  let newest: Call | undefined;
  let next = 0;
  for (const call of linearizable.toSorted((a, b) => a.call - b.call)) {
    for (; next < answered.length && answered[next].return < call.call; next++) {
      if (newest === undefined || answered[next].revision! > newest.revision!) newest = answered[next];
    }
    const revision = executed.get(call) ?? call.revision;
    if (newest === undefined || revision === undefined) continue;
    if (revision >= newest.revision! + (executed.has(call) ? 1 : 0)) continue;
    findings.push(
      `${describe(call)} is of revision ${revision}, though before it there was ${describe(newest)}`,
    );
  }
  return findings;
}
