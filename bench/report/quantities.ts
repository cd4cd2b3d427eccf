/**
 * What is told of a turn's result.
 *
 * @module
 */

import type { Result } from "../workers/protocol.ts";

/** Calls a second, seconds of CPU a call, and seconds that half of the calls took at most. */
export type Quantity = "speed" | "cpu" | "time";

/** Reads one off a result; undefined where the turn failed or says nothing of it. */
export function quantity(result: Result | undefined, name: Quantity): number | undefined {
  if (result === undefined) return undefined;
  switch (name) {
    case "speed":
      return result.calls / result.seconds;
    case "cpu":
      return result.cpu === 0 ? undefined : result.cpu / result.calls;
    case "time":
      return result.median === undefined ? undefined : result.median / 1_000;
  }
}
