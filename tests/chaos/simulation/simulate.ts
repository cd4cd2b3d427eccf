/**
 * Histories that are right by construction: processes call a simulated store on a clock of numbers, and each call
 * takes effect at one moment between its beginning and its end; what fails may take effect later, or never.
 *
 * @module
 */

import type { Call, Operation } from "../rig/history/call.ts";
import type { Revision } from "../rig/history/truth.ts";
import type { WatchLog } from "../rig/history/watch_log.ts";
import type { Random } from "../rig/random.ts";
import { SimulatedStore } from "./store.ts";
import { simulateWatch } from "./watch.ts";

/** Everything that checkers look at. */
export interface History {
  readonly calls: readonly Call[];
  readonly truth: readonly Revision[];
  readonly watches: readonly WatchLog[];
}

/** Which keys there are; few, so that calls meet. */
const KEYS = ["k/a", "k/b", "k/c", "k/d"];

interface Planned {
  readonly call: Omit<Call, "response" | "revision">;
  /** Undefined where it never happens. */
  readonly effect: number | undefined;
}

/** A right history. */
export function simulate(random: Random, processes = 5, callsEach = 40): History {
  const planned = Array.from({ length: processes }, (_, proc) => plan(random, proc, callsEach)).flat();
  const store = new SimulatedStore();
  const done = planned.filter(({ effect }) => effect !== undefined)
    .sort((a, b) => a.effect! - b.effect!)
    .map(({ call }): Call => {
      const { response, revision } = store.execute(call.request);
      return call.error === undefined ? { ...call, response, revision } : call;
    });
  const calls = [...done, ...planned.filter(({ effect }) => effect === undefined).map(({ call }) => call)];
  const watches = Array.from({ length: 4 }, (_, id) => simulateWatch(random, id, store.truth));
  return { calls: calls.sort((a, b) => a.call - b.call), truth: store.truth, watches };
}

/** The calls of one process, one after the other. */
function plan(random: Random, proc: number, count: number): Planned[] {
  let now = random.between(0, 10);
  return Array.from({ length: count }, (_, i) => {
    const call = now += random.between(0, 5);
    const end = now += random.between(1, 20);
    const id = proc * count + i;
    const request = operation(random, `v${id}`);
    const base = { proc, id, call, return: end, request };
    if (request.kind === "read" || random.chance(0.9)) {
      return { call: base, effect: random.between(call, end) };
    }
    if (random.chance(0.5)) return { call: failed(base, "no"), effect: undefined };
    const effect = random.chance(0.5) ? random.between(call, end + 30) : undefined;
    return { call: failed(base, "unknown"), effect };
  });
}

function failed(call: Planned["call"], maybeExecuted: "no" | "unknown"): Planned["call"] {
  return { ...call, error: "EtcdUnavailableError", maybeExecuted };
}

function operation(random: Random, value: string): Operation {
  const key = random.pick(KEYS);
  const kind = random.fraction();
  if (kind < 0.35) return { kind: "read", key, serializable: false };
  if (kind < 0.4) return { kind: "read", prefix: "k/", serializable: random.chance(0.5) };
  if (kind < 0.5) {
    return { kind: "swap", key, expected: random.chance(0.3) ? null : `v${random.below(100)}`, value };
  }
  if (kind < 0.6) return { kind: "write", puts: [], deletes: [key], value };
  if (kind < 0.8) return { kind: "write", puts: [key], deletes: [], value };
  const [first, second, third] = KEYS.toSorted(() => random.fraction() - 0.5);
  return { kind: "write", puts: [first, second], deletes: random.chance(0.3) ? [third] : [], value };
}
