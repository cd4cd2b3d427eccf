/**
 * What is measured, and how a worker's turn at it goes.
 *
 * @module
 */

import type { BenchOptions } from "./options.ts";
import type { Bed } from "./bed.ts";
import type { WorkerProcess } from "./worker_process.ts";
import type { CallName, Result } from "./workers/protocol.ts";

/** One measure. */
export interface Measure {
  /** For the command line. */
  readonly name: string;
  readonly title: string;
  /** What is counted. */
  readonly per: string;
  /** Whether time is told as the median of single calls, rather than as calls per second. */
  readonly latency?: boolean;
  /** Names of the only clients that take part. */
  readonly only?: readonly string[];
  /** Prepares the turns. */
  setUp?(bed: Bed): Promise<void>;
  /** One turn. */
  turn(worker: WorkerProcess, bed: Bed, options: BenchOptions): Promise<Result>;
  /** After each round. */
  tidyUp?(bed: Bed): Promise<void>;
}

/** Events of a turn at a watch. */
const EVENTS = 20_000;

/** Puts in flight while a watch is measured. */
const PRODUCERS = 64;

function calls(call: CallName, inFlight: number): Measure["turn"] {
  return (worker, _bed, { seconds }) =>
    worker.run({ do: "calls", call, inFlight, milliseconds: seconds * 1_000 });
}

/** Every measure that workers have turns at, in their order. */
export const MEASURES: readonly Measure[] = [
  { name: "get-64", title: "get, 64 in flight", per: "get", turn: calls("get", 64) },
  { name: "get-256", title: "get, 256 in flight", per: "get", turn: calls("get", 256) },
  { name: "get-1", title: "get, one at a time", per: "get", latency: true, turn: calls("get", 1) },
  {
    name: "put-64",
    title: "put, 64 in flight",
    per: "put",
    turn: calls("put", 64),
    tidyUp: (bed) => bed.compact(),
  },
  {
    name: "watch",
    title: "watch, of new events",
    per: "event",
    turn: (worker, bed) =>
      new Promise((resolve, reject) => {
        const produce = (): void => {
          const puts = { do: "calls", call: "put", inFlight: PRODUCERS, count: EVENTS } as const;
          bed.producer.run(puts).catch(reject);
        };
        worker.run({ do: "watch", events: EVENTS }, produce).then(resolve, reject);
      }),
    tidyUp: (bed) => bed.compact(),
  },
  {
    name: "watch-past",
    title: "watch, of past events",
    per: "event",
    setUp: async (bed) => {
      await bed.markRevision();
      await bed.producer.run({ do: "calls", call: "put", inFlight: PRODUCERS, count: EVENTS });
    },
    turn: (worker, bed) => worker.run({ do: "watch", events: EVENTS, from: String(bed.marked + 1n) }),
  },
  {
    name: "range",
    title: "range of 10,000 keys of 256 bytes",
    per: "range",
    latency: true,
    turn: calls("range", 1),
  },
  {
    name: "lock",
    title: "lock and release, one at a time",
    per: "cycle",
    latency: true,
    turn: calls("lock", 1),
  },
];
