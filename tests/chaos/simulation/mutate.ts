/**
 * Seeded lies: each takes a right history and makes one thing in it wrong.
 *
 * @module
 */

import type { Call, Write } from "../rig/history/call.ts";
import type { Random } from "../rig/random.ts";
import { CALL_LIES, pick, reads, replace } from "./mutate_calls.ts";
import { WATCH_LIES } from "./mutate_watches.ts";
import type { History } from "./simulate.ts";

/** A way of being wrong; undefined where this history gives no occasion. */
export type Lie = (history: History, random: Random) => History | undefined;

/** All of them, by name. */
export const LIES: Readonly<Record<string, Lie>> = { ...CALL_LIES, ...WATCH_LIES };

/** The lies that make a history impossible whatever its revisions say. */
export const REGISTER_LIES: Readonly<Record<string, Lie>> = {
  "a read shows what was overwritten before it began": (history, random) => {
    const occasions = reads(history).flatMap((read) => {
      const value = overwritten(history, read);
      return value === undefined ? [] : [{ read, value }];
    });
    const one = pick(random, occasions);
    return one && showing(history, one.read, one.value);
  },
  "a read shows what nobody wrote": CALL_LIES["a read shows what nobody wrote"],
  "what was certainly not executed is read": (history, random) => {
    const refused = history.calls.filter((call) => call.maybeExecuted === "no").map(({ request }) => request)
      .filter((request) => request.kind === "write");
    const [write, read] = [pick(random, refused), pick(random, reads(history))];
    return write && read && showing(history, read, write.value);
  },
};

function showing(history: History, read: Call, value: string): History {
  const key = read.request.kind === "read" ? read.request.key! : "";
  const entry = { key, value, createRevision: 1, modRevision: 1, version: 1 };
  return replace(history, read, { ...read, response: { entries: [entry] } });
}

/** A value that an acknowledged put had replaced before the read began, itself acknowledged before that put began. */
function overwritten({ calls }: History, { request, call }: Call): string | undefined {
  const puts = calls.filter((one): one is Call & { request: Write } =>
    one.response !== undefined && one.request.kind === "write" && request.kind === "read" &&
    one.request.puts.includes(request.key!)
  );
  const last = puts.filter((put) => put.return < call).sort((a, b) => b.call - a.call)[0];
  return puts.find((put) => last !== undefined && put.return < last.call)?.request.value;
}
