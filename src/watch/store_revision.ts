/**
 * What the cluster as a whole says of itself, beyond what the member that serves a stream knows.
 *
 * @module
 */

import { EtcdClusterChangedError, type EtcdError, EtcdPermissionDeniedError } from "../errors.ts";
import { countRequest } from "../rpc/count_request.ts";
import { Range } from "../rpc/methods.ts";
import type { Rpc } from "../rpc/rpc.ts";
import type { CallOptions } from "../options.ts";
import type { Subscription } from "./subscription.ts";

/** A cluster, and the revision of its store. */
export interface StoreRevision {
  readonly clusterId: bigint;
  readonly revision: bigint;
}

/**
 * Asks for the revision of the store by a linearizable read: of one key, since a user may read no other.
 *
 * @param key A key that the user may read; nothing of it is transferred.
 */
export async function storeRevision(rpc: Rpc, key: Uint8Array, options: CallOptions): Promise<StoreRevision> {
  const { header } = await rpc.unary(Range, countRequest(key), {
    signal: options.signal,
    timeout: options.timeout,
    idempotent: true,
  });
  return { clusterId: header?.clusterId ?? 0n, revision: header?.revision ?? 0n };
}

/**
 * Makes sure that watchers which were live are created again on the history that they have seen: a server that
 * was wiped or restored would go on with other events under the same revisions. Those that must not go on are
 * failed.
 *
 * @param subscriptions Any; those that have seen nothing yet pass.
 * @param token What their stream was opened with.
 * @throws {EtcdError} If the cluster cannot be asked.
 */
export async function failAfterChange(
  rpc: Rpc,
  subscriptions: readonly Subscription[],
  token: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const seasoned = subscriptions.filter((one) => one.bookmark.seen > 0n);
  const seen = seasoned.reduce((most, { bookmark }) => bookmark.seen > most ? bookmark.seen : most, 0n);
  try {
    const store = await askForOne(rpc, seasoned, token, signal);
    if (store === undefined) return;
    const rewound = store.revision < seen;
    for (const one of seasoned) {
      // Calls may have been told first, and the new store may have come past what this one has seen.
      const told = one.clusterChanges !== rpc.clusterChanges;
      if (!rewound && !told && one.belongsTo(store.clusterId)) continue;
      one.fail(clusterChanged(rewound ? `the store went back below revision ${seen}` : undefined));
    }
  } catch (error) {
    if (!(error instanceof EtcdClusterChangedError)) throw error;
    for (const one of seasoned) one.fail(error);
  }
}

/**
 * Asks by a key of the first that may still be read; what may not be read may not be watched either. The first
 * refusal can be meant for the token, since some servers say so of an expired one.
 */
async function askForOne(
  rpc: Rpc,
  subscriptions: readonly Subscription[],
  token: string | undefined,
  signal: AbortSignal,
): Promise<StoreRevision | undefined> {
  let renewed = false;
  for (const one of subscriptions) {
    while (one.state !== "ended") {
      try {
        return await storeRevision(rpc, one.plan.key, { signal });
      } catch (error) {
        if (!(error instanceof EtcdPermissionDeniedError)) throw error;
        if (renewed || !(await rpc.renewToken(token))) one.fail(error);
        renewed = true;
      }
    }
  }
  return undefined;
}

/** The error of a watch whose cluster is another one now. */
export function clusterChanged(found = "another cluster answered, or one that lost its history"): EtcdError {
  return new EtcdClusterChangedError(`Cannot go on watching: ${found}`, { maybeExecuted: "no" });
}
