/**
 * What the builder of a transaction is given.
 *
 * @module
 */

import type { Compare } from "../compare.ts";
import type { KeyValue } from "../key_value.ts";
import type { Key, Selector } from "../keys.ts";
import type { DeleteOptions, DeleteResult } from "../kv/delete.ts";
import type { PutOptions, PutResult } from "../kv/put.ts";
import type { RangeResult } from "../kv/read.ts";
import type { ReadOptions, SortOptions } from "../kv/read_options.ts";
import type { Branches, FailureValues, SuccessValues, TxnOp, TxnResult } from "./values.ts";

/**
 * A branch of a transaction while it is built. Each method adds an operation, in the order of the calls; all of
 * them are applied together. Every method throws a `TypeError` once the building function has returned.
 *
 * etcd refuses a transaction that changes a key twice, and one of too many operations (128 unless the server was
 * told otherwise).
 */
export interface Txn<V> {
  /**
   * Reads a value.
   *
   * @param key The key.
   * @param options What to read, and how fresh; in a transaction with compares reads are always linearizable.
   * @returns An operation that yields the key's value, null if there is none.
   * @throws {TypeError} If the key is empty or no key, or an option is of the wrong kind.
   * @throws {RangeError} If a revision lies outside its range.
   */
  get(key: Key, options?: ReadOptions): TxnOp<V | null>;
  /**
   * Reads a key with all that is known of it.
   *
   * @param key The key.
   * @param options What to read, and how fresh.
   * @returns An operation that yields the key with all that is known of it, null if there is none.
   * @throws {TypeError} If the key is empty or no key, or an option is of the wrong kind.
   * @throws {RangeError} If a revision lies outside its range.
   */
  getEntry(key: Key, options?: ReadOptions): TxnOp<KeyValue<V> | null>;
  /**
   * Reads the values of all keys with a prefix.
   *
   * @param prefix What the keys begin with; the empty prefix means every key.
   * @param options What to read, how many, and in which order.
   * @returns An operation that yields the values by key, in order.
   * @throws {TypeError} If the prefix is no key, or an option is of the wrong kind.
   * @throws {RangeError} If a number lies outside its range.
   */
  getPrefix(prefix: Key, options?: ReadOptions & SortOptions): TxnOp<Map<string, V>>;
  /**
   * Reads the values of a range.
   *
   * @param start The first key.
   * @param end The first key that is not read.
   * @param options What to read, how many, and in which order.
   * @returns An operation that yields the values by key, in order.
   * @throws {TypeError} If a key is none, or an option is of the wrong kind.
   * @throws {RangeError} If the range starts after its end, or a number lies outside its range.
   */
  getRange(start: Key, end: Key, options?: ReadOptions & SortOptions): TxnOp<Map<string, V>>;
  /**
   * Reads keys with all that is known of them.
   *
   * @param selector One key, or a range.
   * @param options What to read, how many, and in which order.
   * @returns An operation that yields the keys with all that is known of them.
   * @throws {TypeError} If the selector is none, or an option is of the wrong kind.
   * @throws {RangeError} If the range starts after its end, or a number lies outside its range.
   */
  range(selector: Selector, options?: ReadOptions & SortOptions): TxnOp<RangeResult<V>>;
  /**
   * Counts keys.
   *
   * @param selector One key, or a range.
   * @param options What to read, and how fresh; the revision filters do not count.
   * @returns An operation that yields how many keys there are.
   * @throws {TypeError} If the selector is none, or an option is of the wrong kind.
   * @throws {RangeError} If the range starts after its end, or a revision lies outside its range.
   */
  count(selector: Selector, options?: ReadOptions): TxnOp<number>;
  /**
   * Puts a value.
   *
   * @param key The key.
   * @param value What to write.
   * @param options Lease, and whether to yield what was there before.
   * @returns An operation that yields what became of the put.
   * @throws {TypeError} If the key is empty or no key, the codec refuses the value, an option is of the wrong
   * kind, or both `lease` and `ignoreLease` are given.
   * @throws {RangeError} If the lease does not fit 64 bits.
   */
  put(key: Key, value: V, options?: PutOptions): TxnOp<PutResult<V>>;
  /**
   * Changes a key's lease and keeps its value.
   *
   * @param key A key that exists.
   * @param lease The lease to attach it to; `0n` detaches it.
   * @returns An operation that changes the lease and leaves the value.
   * @throws {TypeError} If the key is empty or no key, or the lease is no bigint.
   * @throws {RangeError} If the lease does not fit 64 bits.
   */
  setLease(key: Key, lease: bigint): TxnOp<PutResult<V>>;
  /**
   * Deletes a key or a range.
   *
   * @param selector One key, or a range.
   * @param options Whether to yield what was there before.
   * @returns An operation that deletes the keys.
   * @throws {TypeError} If the selector is none, or an option is of the wrong kind.
   * @throws {RangeError} If the range starts after its end.
   */
  delete(selector: Selector, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  /**
   * Deletes all keys with a prefix.
   *
   * @param prefix What the keys begin with; the empty prefix means every key.
   * @param options Whether to yield what was there before.
   * @returns An operation that deletes the keys.
   * @throws {TypeError} If the prefix is no key, or an option is of the wrong kind.
   */
  deletePrefix(prefix: Key, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  /**
   * Deletes a range.
   *
   * @param start The first key.
   * @param end The first key that is not deleted.
   * @param options Whether to yield what was there before.
   * @returns An operation that deletes the keys.
   * @throws {TypeError} If a key is none, or an option is of the wrong kind.
   * @throws {RangeError} If the range starts after its end.
   */
  deleteRange(start: Key, end: Key, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  /**
   * Adds a transaction of its own. All compares, of the nested transactions too, see the store as it was before.
   *
   * @param compares The conditions; all must hold.
   * @param build Builds both branches.
   * @returns An operation that yields which branch ran and what its operations yielded.
   * @throws {TypeError} If a compare was not made by this package, or the building function is misused.
   */
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
  ): TxnOp<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;
}
