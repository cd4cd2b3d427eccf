/**
 * The ways to read keys.
 *
 * @module
 */

import type { RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import type { KeyValue as KeyValueMessage } from "../../proto/gen/mvcc.ts";
import {
  decodeValue,
  exactKey,
  isTextCodec,
  toHeader,
  toKeyOnly,
  toKeyValue,
  toKeyValues,
} from "../key_value.ts";
import type { KeyValue, ResponseHeader } from "../key_value.ts";
import { between, type Key, prefixSpan, type Selector, singleSpan, type Span, spanOf } from "../keys.ts";
import { jsonable } from "../plain.ts";
import type { Operation, View } from "./operation.ts";
import { readTexts } from "../rpc/wire/texts.ts";
import { rangeRequest, type ReadOptions, type SortOptions } from "./read_options.ts";

/** The keys of a range, and what etcd says of them. */
export interface RangeResult<V> {
  /** The keys, in the order asked for. */
  readonly kvs: readonly KeyValue<V>[];
  /** Keys in the range, whatever the limit and the revision filters. */
  readonly count: number;
  /** Whether the limit left keys out. */
  readonly more: boolean;
  /**
   * The revision that was read. A watch from the next one on misses nothing: this revision is the one asked
   * for, where one was, and the header's otherwise.
   */
  readonly revision: bigint;
  /** What etcd says of the cluster. */
  readonly header: ResponseHeader;
}

/** A read, by itself or in a transaction. */
export type Read<T> = Operation<RangeRequest, RangeResponse, T>;

/** One key's value; null if there is none. */
export function readValue<V>(view: View<V>, key: Key, options: ReadOptions): Read<V | null> {
  return {
    request: rangeRequest(view.keys, singleSpan(key), options),
    read: ({ kvs }) => kvs.length === 0 ? null : decodeValue(kvs[0], view.keys, view.codec),
  };
}

/** One key with all that is known of it; null if there is none. */
export function readEntry<V>(view: View<V>, key: Key, options: ReadOptions): Read<KeyValue<V> | null> {
  return {
    request: rangeRequest(view.keys, singleSpan(key), options),
    read: ({ kvs }) => kvs.length === 0 ? null : toKeyValue(kvs[0], view.keys, view.codec),
  };
}

/** The values of all keys with a prefix, by key. */
export function readPrefix<V>(
  view: View<V>,
  prefix: Key,
  options: ReadOptions & SortOptions,
): Read<Map<string, V>> {
  return readMap(view, prefixSpan(prefix), options);
}

/** The values of the keys of a range, by key. */
export function readBetween<V>(
  view: View<V>,
  start: Key,
  end: Key,
  options: ReadOptions & SortOptions,
): Read<Map<string, V>> {
  return readMap(view, between(start, end), options);
}

/** The names of the keys of a span. */
export function readKeys(
  view: View<unknown>,
  span: Span,
  options: ReadOptions & SortOptions,
): Read<string[]> {
  return {
    request: rangeRequest(view.keys, span, options, "keys"),
    read: ({ kvs }) => {
      const texts: string[] = [];
      readTexts(kvs, view.keys.prefixLength, (kv, key) => texts.push(key ?? keyOf(view, kv)));
      return texts;
    },
  };
}

/** The keys of a range with all that is known of them. */
export function readRange<V>(
  view: View<V>,
  selector: Selector,
  options: ReadOptions & SortOptions,
): Read<RangeResult<V>> {
  return {
    request: rangeRequest(view.keys, spanOf(selector), options),
    read: (response) => rangeResult(response, options, toKeyValues(response.kvs, view.keys, view.codec)),
  };
}

/** The same without the values. */
export function readRangeOfKeys(
  view: View<unknown>,
  selector: Selector,
  options: ReadOptions & SortOptions,
): Read<RangeResult<null>> {
  return {
    request: rangeRequest(view.keys, spanOf(selector), options, "keys"),
    read: (response) => {
      return rangeResult(response, options, response.kvs.map((kv) => toKeyOnly(kv, view.keys)));
    },
  };
}

/** How many keys a range has. */
export function readCount(view: View<unknown>, selector: Selector, options: ReadOptions): Read<number> {
  return {
    request: rangeRequest(view.keys, spanOf(selector), options, "count"),
    read: ({ count }) => Number(count),
  };
}

function readMap<V>(view: View<V>, span: Span, options: ReadOptions & SortOptions): Read<Map<string, V>> {
  return {
    request: rangeRequest(view.keys, span, options),
    read: ({ kvs }) => {
      const map = new Map<string, V>();
      const isText = isTextCodec(view.codec);
      readTexts(kvs, view.keys.prefixLength, (kv, key, text) => {
        const decoded = isText && text !== undefined
          ? text as V & string
          : decodeValue(kv, view.keys, view.codec);
        map.set(key ?? keyOf(view, kv), decoded);
      });
      return map;
    },
  };
}

function keyOf({ keys }: View<unknown>, { key }: KeyValueMessage): string {
  return exactKey(keys.relative(key));
}

function rangeResult<V>(
  response: RangeResponse,
  { revision = 0n }: ReadOptions,
  kvs: readonly KeyValue<V>[],
): RangeResult<V> {
  const header = toHeader(response.header);
  return jsonable({
    kvs,
    count: Number(response.count),
    more: response.more,
    revision: revision === 0n ? header.revision : revision,
    header,
  });
}
