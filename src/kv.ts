/**
 * The calls of etcd's KV service, but for transactions. Each checks what it was given before anything is sent;
 * since all of them are asynchronous, misuse is a rejection.
 *
 * @module
 */

import { type DeleteOptions, type DeleteResult, deletion } from "./kv/delete.ts";
import type { Operation } from "./kv/operation.ts";
import { type PutOptions, type PutResult, writeLease, writeValue } from "./kv/put.ts";
import {
  type RangeResult,
  type Read,
  readBetween,
  readCount,
  readEntry,
  readKeys,
  readPrefix,
  readRange,
  readRangeOfKeys,
  readValue,
} from "./kv/read.ts";
import type { ReadOptions, SortOptions } from "./kv/read_options.ts";
import type { KeyValue } from "./key_value.ts";
import { between, type Key, prefixSpan, type Selector, spanOf } from "./keys.ts";
import { type CallOptions, flag, int64 } from "./options.ts";
import type { Method } from "./rpc/method.ts";
import { Compact, DeleteRange, Put, Range } from "./rpc/methods.ts";
import type { Scope } from "./scope.ts";

export type { DeleteOptions, DeleteResult, PutOptions, PutResult, RangeResult, ReadOptions, SortOptions };

/** Writes a key. */
export async function put<V>(
  scope: Scope<V>,
  key: Key,
  value: V,
  options: PutOptions & CallOptions = {},
): Promise<PutResult<V>> {
  scope.resources.assertOpen("put a key");
  return await write(scope, Put, writeValue(scope, key, value, options), options);
}

/** Keeps a key's value and changes only its lease. */
export async function setLease<V>(
  scope: Scope<V>,
  key: Key,
  lease: bigint,
  options: CallOptions = {},
): Promise<PutResult<V>> {
  scope.resources.assertOpen("set a key's lease");
  return await write(scope, Put, writeLease(scope, key, lease), options);
}

/** Reads a key's value; null if there is none. */
export async function get<V>(
  scope: Scope<V>,
  key: Key,
  options: ReadOptions & CallOptions = {},
): Promise<V | null> {
  scope.resources.assertOpen("get a key");
  return await read(scope, readValue(scope, key, options), options);
}

/** Reads a key with all that is known of it; null if there is none. */
export async function getEntry<V>(
  scope: Scope<V>,
  key: Key,
  options: ReadOptions & CallOptions = {},
): Promise<KeyValue<V> | null> {
  scope.resources.assertOpen("get a key");
  return await read(scope, readEntry(scope, key, options), options);
}

/** Reads the values of all keys with a prefix. */
export async function getPrefix<V>(
  scope: Scope<V>,
  prefix: Key,
  options: ReadOptions & SortOptions & CallOptions = {},
): Promise<Map<string, V>> {
  scope.resources.assertOpen("get a prefix");
  return await read(scope, readPrefix(scope, prefix, options), options);
}

/** Reads the values of the keys from `start` to before `end`. */
export async function getRange<V>(
  scope: Scope<V>,
  start: Key,
  end: Key,
  options: ReadOptions & SortOptions & CallOptions = {},
): Promise<Map<string, V>> {
  scope.resources.assertOpen("get a range");
  return await read(scope, readBetween(scope, start, end, options), options);
}

/** Lists the keys with a prefix. */
export async function keysPrefix(
  scope: Scope<unknown>,
  prefix: Key,
  options: ReadOptions & SortOptions & CallOptions = {},
): Promise<string[]> {
  scope.resources.assertOpen("list the keys of a prefix");
  return await read(scope, readKeys(scope, prefixSpan(prefix), options), options);
}

/** Lists the keys from `start` to before `end`. */
export async function keysRange(
  scope: Scope<unknown>,
  start: Key,
  end: Key,
  options: ReadOptions & SortOptions & CallOptions = {},
): Promise<string[]> {
  scope.resources.assertOpen("list the keys of a range");
  return await read(scope, readKeys(scope, between(start, end), options), options);
}

/** Reads the keys of a range with all that is known of them; with `keysOnly`, without the values. */
export async function range<V>(
  scope: Scope<V>,
  selector: Selector,
  options: ReadOptions & SortOptions & CallOptions & { readonly keysOnly?: boolean } = {},
): Promise<RangeResult<V | null>> {
  scope.resources.assertOpen("read a range");
  const operation: Read<RangeResult<V | null>> = flag(options.keysOnly, "keysOnly")
    ? readRangeOfKeys(scope, selector, options)
    : readRange(scope, selector, options);
  return await read(scope, operation, options);
}

/** Counts the keys of a range. */
export async function count(
  scope: Scope<unknown>,
  selector: Selector,
  options: ReadOptions & CallOptions = {},
): Promise<number> {
  scope.resources.assertOpen("count keys");
  return await read(scope, readCount(scope, selector, options), options);
}

/** Deletes the keys that a selector means. */
export async function deleteKeys<V>(
  scope: Scope<V>,
  selector: Selector,
  options: DeleteOptions & CallOptions = {},
): Promise<DeleteResult<V>> {
  scope.resources.assertOpen("delete keys");
  return await write(scope, DeleteRange, deletion(scope, spanOf(selector), options), options);
}

/** Deletes all keys with a prefix. */
export async function deletePrefix<V>(
  scope: Scope<V>,
  prefix: Key,
  options: DeleteOptions & CallOptions = {},
): Promise<DeleteResult<V>> {
  scope.resources.assertOpen("delete keys");
  return await write(scope, DeleteRange, deletion(scope, prefixSpan(prefix), options), options);
}

/** Deletes the keys from `start` to before `end`. */
export async function deleteRange<V>(
  scope: Scope<V>,
  start: Key,
  end: Key,
  options: DeleteOptions & CallOptions = {},
): Promise<DeleteResult<V>> {
  scope.resources.assertOpen("delete keys");
  return await write(scope, DeleteRange, deletion(scope, between(start, end), options), options);
}

/** Drops what was overwritten or deleted before a revision; reads and watches from before it are refused then. */
export async function compact(
  scope: Scope<unknown>,
  revision: bigint,
  options: { readonly physical?: boolean } & CallOptions = {},
): Promise<void> {
  scope.resources.assertOpen("compact");
  const request = { revision: int64(revision, "revision", 0n), physical: flag(options.physical, "physical") };
  await write(scope, Compact, { request, read: () => undefined }, options);
}

/** A read may be repeated; a serializable one does without a leader. */
async function read<T>(scope: Scope<unknown>, operation: Read<T>, options: CallOptions): Promise<T> {
  const { signal, timeout } = options;
  const requireLeader = operation.request.serializable ? false : undefined;
  const call = { signal, timeout, idempotent: true, requireLeader };
  return operation.read(await scope.rpc.unary(Range, operation.request, call));
}

async function write<Q, S, T>(
  scope: Scope<unknown>,
  method: Method<Q, S>,
  operation: Operation<Q, S, T>,
  options: CallOptions,
): Promise<T> {
  const { signal, timeout } = options;
  return operation.read(
    await scope.rpc.unary(method, operation.request, { signal, timeout, idempotent: false }),
  );
}
