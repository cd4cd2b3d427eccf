/**
 * Whether writes map one to one to the truth: what was acknowledged is there once, what was certainly refused is
 * not, the rest once or not at all, and nothing else is there.
 *
 * @module
 */

import { type Call, describe } from "../history/call.ts";
import { type Revision, show, type Timeline } from "../history/truth.ts";

/** What became of the writes. */
export interface WriteCheck {
  /** The revision of each write that was executed. */
  readonly executed: ReadonlyMap<Call, number>;
  readonly findings: readonly string[];
}

/** Checks the writes among calls against the truth. */
export function checkWrites(calls: readonly Call[], truth: Timeline): WriteCheck {
  const findings: string[] = [];
  const executed = new Map<Call, number>();
  const writers = new Map(calls.filter(hasValue).map((call) => [valueOf(call), call]));
  const deletions: Revision[] = [];
  for (const one of truth.truth) {
    const put = one.changes.find(({ type }) => type === "PUT");
    if (put === undefined) {
      deletions.push(one);
      continue;
    }
    const writer = writers.get(put.value!);
    if (writer === undefined) findings.push(`${show(one)} was written by nobody`);
    else if (executed.has(writer)) findings.push(`${show(one)} repeats ${describe(writer)}`);
    else {
      executed.set(writer, one.revision);
      if (!isWhole(writer, one, truth)) {
        findings.push(`${show(one)} is not what was asked by ${describe(writer)}`);
      }
    }
  }
  findings.push(...matchDeletions(calls, deletions, truth, executed));
  for (const call of calls) findings.push(...judge(call, executed.get(call), truth));
  return { executed, findings };
}

/** Whether what it writes tells whose it is. */
function hasValue({ request }: Call): boolean {
  return request.kind === "swap" || (request.kind === "write" && request.puts.length > 0);
}

function valueOf({ request }: Call): string {
  return request.kind === "read" ? "" : request.value;
}

/** Whether a revision is just what a call asked for: all its puts, and the deletion of what there was. */
function isWhole({ request }: Call, { revision, changes }: Revision, truth: Timeline): boolean {
  if (request.kind === "read") return false;
  const [puts, deletes] = request.kind === "swap" ? [[request.key], []] : [request.puts, request.deletes];
  const found = changes.map((change) => `${change.type} ${change.key} ${change.value}`);
  const wanted = [
    ...puts.map((key) => `PUT ${key} ${request.value}`),
    ...deletes.filter((key) => truth.at(key, revision - 1) !== null).map((key) => `DELETE ${key} null`),
  ];
  return JSON.stringify(found.sort()) === JSON.stringify(wanted.sort());
}

/** Deletions carry no value: those whose revision was answered are matched by it, the rest by their keys. */
function matchDeletions(
  calls: readonly Call[],
  deletions: readonly Revision[],
  truth: Timeline,
  executed: Map<Call, number>,
): string[] {
  const findings: string[] = [];
  const deleting = calls.filter((call) => call.request.kind === "write" && !hasValue(call));
  const answered = new Map(
    deleting.filter(({ response }) => (response?.deleted ?? 0) > 0).map((call) => [call.revision, call]),
  );
  const open = deleting
    .filter(({ response, maybeExecuted }) => response === undefined && maybeExecuted !== "no")
    .sort((a, b) => a.call - b.call);
  for (const one of deletions) {
    const known = answered.get(one.revision);
    const index = open.findIndex((call) => isWhole(call, one, truth));
    if (known !== undefined && isWhole(known, one, truth)) executed.set(known, one.revision);
    else if (index >= 0) executed.set(open.splice(index, 1)[0], one.revision);
    else findings.push(`${show(one)} was asked for by nobody`);
  }
  return findings;
}

/** Holds what a call says of itself against what became of it. */
function judge(call: Call, revision: number | undefined, truth: Timeline): string[] {
  const { request, response, maybeExecuted } = call;
  if (request.kind === "read") return [];
  if (response === undefined) {
    if (maybeExecuted === "no" && revision !== undefined) {
      return [`${describe(call)} was executed all the same, at revision ${revision}`];
    }
    const missing = maybeExecuted === "yes" && revision === undefined && request.kind === "write";
    return missing ? [`${describe(call)} was not executed`] : [];
  }
  if (request.kind === "swap" && !response.succeeded) {
    return revision === undefined ? [] : [`${describe(call)} was executed, at revision ${revision}`];
  }
  if (!hasValue(call) && response.deleted === 0) {
    const left = request.kind === "write" && request.deletes.some((key) => truth.at(key, call.revision!));
    return left ? [`${describe(call)} deleted nothing, though there was something`] : [];
  }
  if (revision === undefined) return [`${describe(call)} was acknowledged and is lost`];
  return revision === call.revision ? [] : [`${describe(call)} was executed at revision ${revision}`];
}
