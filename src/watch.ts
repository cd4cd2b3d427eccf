/**
 * Following what happens to keys.
 *
 * The rooms below `watch/` are, from the wire to the reader: `message` and `encoded_event` (responses),
 * `stream` (one stream and its watchers), `lane` (one stream after another), `hub` (which lane carries whom),
 * `subscription` (a watcher towards the server), `assembler`, `bookmark` and `buffer` (its parts), `delivery`,
 * `events` and `consumer` (towards the reader), `watcher` (what the user holds).
 *
 * @module
 */

import type { Span } from "./keys.ts";
import type { Scope } from "./scope.ts";
import type { WatchHub } from "./watch/hub.ts";
import { checkedPlan } from "./watch/options.ts";
import type { Watcher, WatchOptions } from "./watch/types.ts";
import { HubWatcher } from "./watch/watcher.ts";

export { WatchHub } from "./watch/hub.ts";
export type { DeleteEvent, PutEvent, WatchBatch, Watcher, WatchEvent, WatchOptions } from "./watch/types.ts";

/**
 * Starts a watch. It runs from now on, whether it is read or not.
 *
 * @param scope The communicator's way to etcd.
 * @param hub The watchers of its client.
 * @param span The keys, as the communicator names them.
 * @param options Where to start, and what to do with slow readers and refused values.
 * @returns The watcher.
 * @throws {TypeError} If the communicator is closed, or an option is of the wrong kind.
 * @throws {RangeError} If a number lies outside its range, or the range has no keys.
 */
export function watch<V>(
  scope: Scope<V>,
  hub: WatchHub,
  span: Span,
  options: WatchOptions = {},
): Watcher<V> {
  scope.resources.assertOpen("watch");
  return new HubWatcher(scope, hub, checkedPlan(scope.keys, span, options), options);
}
