/**
 * All checks over one history.
 *
 * @module
 */

import type { Call } from "../history/call.ts";
import { Timeline, type Truth } from "../history/truth.ts";
import type { WatchLog } from "../history/watch_log.ts";
import { checkLinearizable } from "./linearizable.ts";
import { checkRevisions } from "./revisions.ts";
import { checkWatch } from "./watches.ts";

/** Everything that was written down of a run. */
export interface Evidence {
  /** Missing where not every call was written down. */
  readonly calls?: readonly Call[];
  readonly watches: readonly WatchLog[];
  readonly truth: Truth;
}

/** What is wrong, one sentence each; nothing where all is well. */
export function check({ calls, watches, truth }: Evidence): string[] {
  const timeline = new Timeline(truth);
  return [
    ...(calls === undefined ? [] : [...checkRevisions(calls, timeline), ...checkLinearizable(calls)]),
    ...watches.flatMap((log) => checkWatch(log, timeline)),
  ];
}
