/**
 * The cheapest read there is.
 *
 * @module
 */

import type { RangeRequest } from "../../proto/gen/kv.ts";

/** A linearizable count of one key: for the store's revision, or to make a transaction linearizable. */
export function countRequest(key: Uint8Array): RangeRequest {
  return {
    key,
    rangeEnd: new Uint8Array(0),
    limit: 0n,
    revision: 0n,
    sortOrder: 0,
    sortTarget: 0,
    serializable: false,
    keysOnly: false,
    countOnly: true,
    minModRevision: 0n,
    maxModRevision: 0n,
    minCreateRevision: 0n,
    maxCreateRevision: 0n,
  };
}
