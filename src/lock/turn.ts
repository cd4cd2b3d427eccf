/**
 * The wait for one's turn in a queue.
 *
 * A contender waits for the deletion of the key just before its own, looks again, and waits for the next one
 * before it, until there is none: each deletion wakes one contender, not all. The look that finds its key to be
 * the oldest also finds that it is still there.
 *
 * What can go wrong, and what then:
 * - The key before goes while the watch is being set up: the watch starts right after the look, so it sees that.
 * - That revision was compacted meanwhile: look again.
 * - The connection is lost, a member restarts, a read runs out of time: look again, for as long as the wait goes
 *   on; the session ends it when the place may be lost.
 * - The own key has gone, by the end of the session or by somebody's hand: the place is lost.
 *
 * @module
 */

import { bytesCodec } from "../codec.ts";
import { EtcdCompactedError, EtcdError, EtcdTimeoutError } from "../errors.ts";
import { spanOf } from "../keys.ts";
import type { Scope } from "../scope.ts";
import { backoff, sleep } from "../timing.ts";
import { watch } from "../watch.ts";
import type { WatchHub } from "../watch/hub.ts";
import type { Contender, Standing } from "./queue.ts";

/** Milliseconds between looks that fail: the first pause and the longest one. */
const LOOK_AGAIN = [25, 1_000] as const;

/**
 * Waits until no key is before that of the contender.
 *
 * @param standing Where it stood last.
 * @returns Where it stands then; without its token where its place is lost.
 * @throws {EtcdError} If the server refuses.
 * @throws The signal's reason, if it was aborted.
 */
export async function turn(
  scope: Scope<unknown>,
  watches: WatchHub,
  contender: Contender,
  standing: Standing,
  signal: AbortSignal,
): Promise<Standing> {
  const { token } = standing;
  let now = standing;
  while (now.ahead !== undefined && token !== undefined && now.token === token) {
    await deletion(scope, watches, now.ahead, now.revision + 1n, signal);
    now = await look(contender, token, signal);
  }
  return now;
}

/** Looks where it stands, until that works. */
async function look(contender: Contender, token: bigint, signal: AbortSignal): Promise<Standing> {
  for (let attempt = 1;; attempt++) {
    try {
      return await contender.look(token, { signal });
    } catch (error) {
      signal.throwIfAborted();
      const mayWork = error instanceof EtcdTimeoutError || error instanceof EtcdError && error.retryable;
      if (!mayWork) throw error;
    }
    await sleep(backoff(attempt, ...LOOK_AGAIN), signal);
  }
}

/** Resolves when the key was deleted at `startRevision` or later, or when that cannot be told any more. */
async function deletion(
  { rpc, keys, resources }: Scope<unknown>,
  watches: WatchHub,
  key: Uint8Array,
  startRevision: bigint,
  signal: AbortSignal,
): Promise<void> {
  const scope = { rpc, keys, resources, codec: bytesCodec };
  const watcher = watch(scope, watches, spanOf(key), { startRevision, types: ["DELETE"], signal });
  try {
    for await (const _deleted of watcher) return;
  } catch (error) {
    if (!(error instanceof EtcdCompactedError)) throw error;
  } finally {
    await watcher.close();
  }
}
