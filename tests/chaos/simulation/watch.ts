/**
 * Watches of a simulated store that break no rule.
 *
 * @module
 */

import type { Revision } from "../rig/history/truth.ts";
import { type Delivered, shows, type WatchFilter, type WatchLog } from "../rig/history/watch_log.ts";
import type { Random } from "../rig/random.ts";

/** What a watch of some keys delivers, with word of progress here and there. */
export function simulateWatch(random: Random, id: number, truth: readonly Revision[]): WatchLog {
  const filter: WatchFilter = {
    prefix: random.pick(["k/", "k/", "k/a"]),
    types: random.pick([["PUT", "DELETE"], ["PUT", "DELETE"], ["PUT"]]),
  };
  const prevKv = random.chance(0.5);
  const from = 2 + random.below(10);
  const last = truth.at(-1)?.revision ?? 1;
  const until = random.chance(0.5) ? last : last - random.below(10);
  const delivered: Delivered[] = [];
  for (const { revision, changes } of truth) {
    if (revision < from || revision > until) continue;
    const events = changes.filter((change) => shows(filter, change))
      .map((change) => prevKv ? change : { ...change, prev: null });
    if (events.length > 0) delivered.push({ revision, events });
    if (random.chance(0.1)) delivered.push({ progress: revision });
  }
  return { id, filter, prevKv, from, delivered, resume: until + 1, until };
}
