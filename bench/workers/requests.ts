/**
 * Requests of the generated code's types, for clients that have nothing better.
 *
 * @module
 */

import type { PutRequest, RangeRequest } from "../../proto/gen/kv.ts";
import type { WatchCreateRequest, WatchRequest } from "../../proto/gen/watch.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Text of bytes. */
export function text(bytes: Uint8Array): string {
  return decoder.decode(bytes);
}

/** The end of the range of keys with a prefix that ends in ASCII. */
export function prefixEnd(prefix: string): Uint8Array {
  const end = encoder.encode(prefix);
  end[end.length - 1]++;
  return end;
}

/** A serializable read of a key. */
export function getRequest(key: string): RangeRequest {
  return {
    key: encoder.encode(key),
    rangeEnd: new Uint8Array(),
    limit: 0n,
    revision: 0n,
    sortOrder: 0,
    sortTarget: 0,
    serializable: true,
    keysOnly: false,
    countOnly: false,
    minModRevision: 0n,
    maxModRevision: 0n,
    minCreateRevision: 0n,
    maxCreateRevision: 0n,
  };
}

/** A write of a value; the key is still to be given. */
export function putRequest(value: string): PutRequest {
  return {
    key: new Uint8Array(),
    value: encoder.encode(value),
    lease: 0n,
    prevKv: false,
    ignoreValue: false,
    ignoreLease: false,
  };
}

/** A watch of a prefix, from now on or from a revision of the past. */
export function watchRequest(prefix: string, from: bigint = 0n): WatchRequest {
  const value: WatchCreateRequest = {
    key: encoder.encode(prefix),
    rangeEnd: prefixEnd(prefix),
    startRevision: from,
    progressNotify: false,
    filters: [],
    prevKv: false,
    watchId: 0n,
    fragment: false,
  };
  return { requestUnion: { $case: "createRequest", value } };
}
