/**
 * Deleting keys.
 *
 * @module
 */

import type { DeleteRangeRequest, DeleteRangeResponse } from "../../proto/gen/kv.ts";
import { type KeyValue, type ResponseHeader, toHeader, toKeyValue } from "../key_value.ts";
import type { Span } from "../keys.ts";
import { flag } from "../options.ts";
import { jsonable } from "../plain.ts";
import type { Operation, View } from "./operation.ts";

/** How to delete keys. */
export interface DeleteOptions {
  /**
   * Return what the deleted keys held. If the codec refuses that, the call rejects although they are gone.
   *
   * @default {false}
   */
  readonly prevKv?: boolean;
}

/** What became of a deletion. */
export interface DeleteResult<V> {
  /** How many keys there were to delete. */
  readonly deleted: number;
  /** The revision at which they went; the store's own if there were none. */
  readonly revision: bigint;
  /** What they held, if that was asked for, in the order of the keys. */
  readonly prevKvs: readonly KeyValue<V>[];
  /** What etcd says of the cluster. */
  readonly header: ResponseHeader;
}

/** A deletion, by itself or in a transaction. */
export type Deletion<V> = Operation<DeleteRangeRequest, DeleteRangeResponse, DeleteResult<V>>;

/** Deletes the keys of a span. */
export function deletion<V>({ keys, codec }: View<V>, span: Span, options: DeleteOptions): Deletion<V> {
  return {
    request: { ...keys.absoluteSpan(span), prevKv: flag(options.prevKv, "prevKv") },
    read: (response) => {
      const header = toHeader(response.header);
      return jsonable({
        deleted: Number(response.deleted),
        revision: header.revision,
        prevKvs: response.prevKvs.map((kv) => toKeyValue(kv, keys, codec)),
        header,
      });
    },
  };
}
