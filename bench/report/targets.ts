/**
 * What the transport is to reach, as ratios to a rival in the same run.
 *
 * @module
 */

import { ETCD3, GO, NICE_GRPC, OURS } from "../contenders.ts";
import type { Results } from "../rounds.ts";
import { medianRatio } from "../statistics.ts";
import { type Runtime, RUNTIMES } from "../../tools/suite/runtimes.ts";
import { type Quantity, quantity } from "./quantities.ts";

/** One line of the table. */
export interface Target {
  readonly measure: string;
  readonly quantity: Quantity;
  readonly title: string;
  /** A program of its own, or a client on the same runtime. */
  readonly rival: string;
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** How far a target is reached on a runtime. */
export interface Reached {
  readonly runtime: Runtime;
  /** Ours by the rival's; null where one of them is missing. */
  readonly ratio: number | null;
  readonly met: boolean;
}

export const TARGETS: readonly Target[] = [
  { measure: "get-64", quantity: "cpu", title: "CPU per get, 64 in flight", rival: GO, atMost: 0.5 },
  { measure: "get-64", quantity: "cpu", title: "CPU per get, 64 in flight", rival: ETCD3, atMost: 0.1 },
  { measure: "get-64", quantity: "speed", title: "gets per second, 64 in flight", rival: GO, atLeast: 1.3 },
  { measure: "get-64", quantity: "speed", title: "gets per second, 64 in flight", rival: ETCD3, atLeast: 4 },
  { measure: "put-64", quantity: "speed", title: "puts per second, 64 in flight", rival: GO, atLeast: 1.2 },
  { measure: "get-1", quantity: "time", title: "median latency, one at a time", rival: GO, atMost: 0.9 },
  { measure: "get-256", quantity: "speed", title: "gets per second, 256 in flight", rival: GO, atLeast: 1.6 },
  { measure: "watch", quantity: "cpu", title: "CPU per new event of a watch", rival: GO, atMost: 1 },
  { measure: "watch-past", quantity: "cpu", title: "CPU per past event of a watch", rival: GO, atMost: 1 },
  { measure: "range", quantity: "time", title: "time of a range of 10,000 keys", rival: GO, atMost: 1 },
  { measure: "range", quantity: "cpu", title: "CPU of a range of 10,000 keys", rival: GO, atMost: 1 },
  { measure: "cold", quantity: "time", title: "first get of a cold script", rival: NICE_GRPC, atMost: 0.5 },
];

/** Judges a target; undefined where nothing was measured for it. */
export function judge(target: Target, results: Results | undefined): Reached[] | undefined {
  if (results === undefined) return undefined;
  const line = (name: string): (number | undefined)[] =>
    (results.get(name) ?? []).map((result) => quantity(result, target.quantity));
  const reached = RUNTIMES.map((runtime): Reached => {
    const rival = target.rival === GO ? GO : `${target.rival}.${runtime}`;
    const ratio = medianRatio(line(`${OURS}.${runtime}`), line(rival));
    const met = ratio <= (target.atMost ?? Infinity) && ratio >= (target.atLeast ?? 0);
    return { runtime, ratio: Number.isNaN(ratio) ? null : ratio, met };
  });
  return reached.every(({ ratio }) => ratio === null) ? undefined : reached;
}
