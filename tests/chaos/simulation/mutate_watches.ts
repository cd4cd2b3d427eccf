/**
 * Lies about watches.
 *
 * @module
 */

import type { Change } from "../rig/history/truth.ts";
import type { Delivered, WatchLog } from "../rig/history/watch_log.ts";
import type { Random } from "../rig/random.ts";
import type { Lie } from "./mutate.ts";

type Batch = Extract<Delivered, { revision: number }>;

function isBatch(one: Delivered): one is Batch {
  return "revision" in one;
}

/** A lie about what one watch delivered; `suits` says which of its batches gives an occasion. */
function aboutBatch(
  suits: (batch: Batch, index: number, log: WatchLog) => boolean,
  lie: (delivered: readonly Delivered[], at: number, random: Random) => Delivered[],
): Lie {
  return (history, random) => {
    const occasions = history.watches.flatMap((log) =>
      log.delivered.flatMap((one, at) => isBatch(one) && suits(one, at, log) ? [{ log, at }] : [])
    );
    if (occasions.length === 0) return undefined;
    const { log, at } = random.pick(occasions);
    const wrong = { ...log, delivered: lie(log.delivered, at, random) };
    return { ...history, watches: history.watches.map((one) => one === log ? wrong : one) };
  };
}

/** The same with other events in one batch. */
function aboutEvents(
  suits: (batch: Batch, index: number, log: WatchLog) => boolean,
  lie: (events: readonly Change[]) => readonly Change[],
): Lie {
  return aboutBatch(suits, (delivered, at) => {
    const { revision, events } = delivered[at] as Batch;
    return delivered.with(at, { revision, events: lie(events) });
  });
}

const always = () => true;
const several = ({ events }: Batch) => events.length > 1;

/** Lies about watches, by name. */
export const WATCH_LIES: Readonly<Record<string, Lie>> = {
  "a dropped event": aboutBatch(always, (delivered, at) => delivered.toSpliced(at, 1)),
  "a doubled event": aboutBatch(always, (delivered, at) => delivered.toSpliced(at, 0, delivered[at])),
  "events in disorder": aboutBatch(
    (_, at, { delivered }) => at + 1 < delivered.length && isBatch(delivered[at + 1]),
    (delivered, at) => delivered.with(at, delivered[at + 1]).with(at + 1, delivered[at]),
  ),
  "a split revision": aboutBatch(several, (delivered, at) => {
    const { revision, events } = delivered[at] as Batch;
    return delivered.toSpliced(at, 1, { revision, events: events.slice(0, 1) }, {
      revision,
      events: events.slice(1),
    });
  }),
  "half of a revision": aboutEvents(several, (events) => events.slice(1)),
  "a revision with one event twice": aboutEvents(always, (events) => [...events, events[0]]),
  "another value": aboutEvents(
    always,
    ([first, ...rest]) => [{ ...first, value: first.value === null ? "x" : `${first.value}x` }, ...rest],
  ),
  "another key's event": aboutEvents(always, ([first, ...rest]) => [{ ...first, key: "other" }, ...rest]),
  "another previous value": aboutEvents(
    ({ events }, _, { prevKv }) => prevKv && events[0].prev !== null,
    ([first, ...rest]) => [{ ...first, prev: { ...first.prev!, value: "never" } }, ...rest],
  ),
  "progress before what it covers": aboutBatch(
    always,
    (delivered, at) => delivered.toSpliced(at, 0, { progress: (delivered[at] as Batch).revision }),
  ),
  "a resumption that would repeat": (history, random) => {
    const log = random.pick(history.watches);
    const newest = log.delivered.findLast(isBatch)?.revision;
    if (newest === undefined) return undefined;
    return {
      ...history,
      watches: history.watches.map((one) => one === log ? { ...log, resume: newest } : one),
    };
  },
  "a quiet end": aboutBatch(
    ({ revision }, _, { until }) => revision <= until,
    (delivered, at) => delivered.slice(0, at),
  ),
};
