/**
 * How long nothing succeeded.
 *
 * @module
 */

import type { Call } from "../history/call.ts";

/** From when to when, by `performance.now()`. */
export type Outage = readonly [from: number, to: number];

/**
 * The longest time between two successes from a moment on.
 *
 * @param calls In any order.
 * @param from When the fault was injected, by `performance.now()`.
 * @param to When it was seen to be over.
 * @returns From when to when.
 */
export function longestOutage(calls: readonly Call[], from: number, to: number): Outage {
  const successes = calls.filter((call) => call.response !== undefined).map((call) => call.return)
    .filter((at) => at >= from && at <= to).sort((a, b) => a - b);
  let longest: Outage = [from, from];
  let last = from;
  for (const at of [...successes, to]) {
    if (at - last > longest[1] - longest[0]) longest = [last, at];
    last = at;
  }
  return longest;
}
