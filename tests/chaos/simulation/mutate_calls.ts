/**
 * Lies about calls and about the truth.
 *
 * @module
 */

import type { Call, Entry } from "../rig/history/call.ts";
import { type Change, type Revision, Timeline } from "../rig/history/truth.ts";
import type { Random } from "../rig/random.ts";
import type { Lie } from "./mutate.ts";
import type { History } from "./simulate.ts";

/** A history with another call in the place of one. */
export function replace(history: History, old: Call, by: Call): History {
  return { ...history, calls: history.calls.map((call) => call === old ? by : call) };
}

/** One of several; undefined where there is none. */
export function pick<T>(random: Random, from: readonly T[]): T | undefined {
  return from.length === 0 ? undefined : random.pick(from);
}

function acknowledged(history: History): Call[] {
  return history.calls.filter(({ request, response }) =>
    response !== undefined && request.kind === "write" && request.puts.length > 0
  );
}

/** The linearizable reads of single keys that were answered. */
export function reads(history: History): Call[] {
  return history.calls.filter(({ request, response }) =>
    request.kind === "read" && request.key !== undefined && !request.serializable && response !== undefined
  );
}

/** The truth without a revision; those after it keep their numbers. */
function without(truth: readonly Revision[], revision: number): Revision[] {
  return truth.filter((one) => one.revision !== revision);
}

/** What a read's key was at an earlier revision, where that differs from what was read. */
function past(history: History, { request, response, revision, call }: Call): [Entry[], number] | undefined {
  if (request.kind !== "read") return undefined;
  const timeline = new Timeline(history.truth);
  const now = JSON.stringify(response!.entries);
  // Only what was certainly overwritten before the read began.
  const known = history.calls.filter((one) => one.response && one.return < call).map((one) => one.revision!);
  const newest = Math.max(1, ...known);
  const current = JSON.stringify([timeline.at(request.key!, newest)].filter((entry) => entry !== null));
  for (let at = Math.min(revision!, newest) - 1; at >= 1; at--) {
    const entries = [timeline.at(request.key!, at)].filter((entry) => entry !== null);
    const text = JSON.stringify(entries);
    if (entries.length > 0 && text !== now && text !== current) return [entries, at];
  }
  return undefined;
}

function stale(history: History, random: Random, withRevision: boolean): History | undefined {
  const candidates = reads(history).flatMap((read) => {
    const found = past(history, read);
    return found === undefined ? [] : [{ read, entries: found[0], at: found[1] }];
  });
  const one = pick(random, candidates);
  if (one === undefined) return undefined;
  const revision = withRevision ? one.at : one.read.revision;
  return replace(history, one.read, { ...one.read, response: { entries: one.entries }, revision });
}

/** Lies about calls, by name. */
export const CALL_LIES: Readonly<Record<string, Lie>> = {
  "a stale read": (history, random) => stale(history, random, false),
  "a stale read, with its revision": (history, random) => stale(history, random, true),
  "a read shows what nobody wrote": (history, random) => {
    const read = pick(random, reads(history).filter(({ response }) => response!.entries!.length > 0));
    if (read === undefined) return undefined;
    const entries = read.response!.entries!.map((entry) => ({ ...entry, value: "nobody's" }));
    return replace(history, read, { ...read, response: { entries } });
  },
  "a read is short": (history, random) => {
    const read = pick(
      random,
      history.calls.filter(({ request, response }) =>
        request.kind === "read" && (response?.entries?.length ?? 0) > 0
      ),
    );
    if (read === undefined) return undefined;
    return replace(history, read, { ...read, response: { entries: read.response!.entries!.slice(1) } });
  },
  "a doubled put": (history, random) => {
    const call = pick(random, acknowledged(history));
    if (call === undefined) return undefined;
    const changes = history.truth.find(({ revision }) => revision === call.revision)!.changes;
    const again = { revision: history.truth.at(-1)!.revision + 1, changes };
    return { ...history, truth: [...history.truth, again] };
  },
  "an acknowledged put is lost": (history, random) => {
    const call = pick(random, acknowledged(history));
    return call && { ...history, truth: without(history.truth, call.revision!) };
  },
  "half of a transaction is lost": (history, random) => {
    const call = pick(
      random,
      acknowledged(history).filter(({ request }) => request.kind === "write" && request.puts.length > 1),
    );
    if (call === undefined) return undefined;
    const truth = history.truth.map((one) =>
      one.revision === call.revision ? { ...one, changes: one.changes.slice(1) } : one
    );
    return { ...history, truth };
  },
  "what was certainly not executed was": (history, random) => {
    const values = new Set(
      history.truth.flatMap(({ changes }) => changes.map((change: Change) => change.value)),
    );
    const call = pick(
      random,
      history.calls.filter(({ request, maybeExecuted }) =>
        maybeExecuted === "unknown" && request.kind === "write" && request.puts.length > 0 &&
        values.has(request.value)
      ),
    );
    return call && replace(history, call, { ...call, maybeExecuted: "no" });
  },
  "a write is answered with another's revision": (history, random) => {
    const call = pick(random, acknowledged(history).filter(({ revision }) => revision! > 2));
    return call && replace(history, call, { ...call, revision: call.revision! - 1 });
  },
  "a swap succeeded that must not have": (history, random) => {
    const call = pick(
      random,
      history.calls.filter(({ request, response }) =>
        request.kind === "swap" && response?.succeeded === false
      ),
    );
    return call && replace(history, call, { ...call, response: { succeeded: true } });
  },
  "a write is executed before it was called": (history, random) => {
    const call = pick(random, acknowledged(history).filter(({ revision }) => revision! < 40));
    if (call === undefined) return undefined;
    const end = Math.max(...history.calls.map((one) => one.return));
    return replace(history, call, { ...call, call: end + 1, return: end + 2 });
  },
};
