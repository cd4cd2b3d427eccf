/**
 * The builder's methods: each turns a call into an operation of its branch.
 *
 * @module
 */

import type { TxnRequest, TxnResponse } from "../../proto/gen/kv.ts";
import type { Compare } from "../compare.ts";
import type { KeyValue } from "../key_value.ts";
import { between, type Key, prefixSpan, type Selector, type Span, spanOf } from "../keys.ts";
import { type DeleteOptions, type DeleteResult, deletion } from "../kv/delete.ts";
import type { Operation, View } from "../kv/operation.ts";
import { type PutOptions, type PutResult, writeLease, writeValue } from "../kv/put.ts";
import * as reads from "../kv/read.ts";
import type { ReadOptions, SortOptions } from "../kv/read_options.ts";
import type { Txn } from "./interface.ts";
import { deleteOperation, putOperation, rangeOperation, txnOperation } from "./operation.ts";
import type { BranchRecorder } from "./recorder.ts";
import type { Branches, FailureValues, SuccessValues, TxnOp, TxnResult } from "./values.ts";

/** What the caller's function builds two branches with. */
export type BuildBranches<V> = (success: Txn<V>, failure: Txn<V>) => unknown;

/** Makes a nested transaction of the same namespace and codec. */
export type Nest<V> = (
  compares: readonly Compare[],
  build: BuildBranches<V>,
) => Operation<TxnRequest, TxnResponse, TxnResult<unknown[], unknown[]>>;

/** {@linkcode Txn} over a recorder. */
export class TxnBuilder<V> implements Txn<V> {
  readonly #view: View<V>;
  readonly #branch: BranchRecorder;
  readonly #nest: Nest<V>;

  constructor(view: View<V>, branch: BranchRecorder, nest: Nest<V>) {
    this.#view = view;
    this.#branch = branch;
    this.#nest = nest;
  }

  get(key: Key, options: ReadOptions = {}): TxnOp<V | null> {
    return this.#read(reads.readValue(this.#view, key, options));
  }

  getEntry(key: Key, options: ReadOptions = {}): TxnOp<KeyValue<V> | null> {
    return this.#read(reads.readEntry(this.#view, key, options));
  }

  getPrefix(prefix: Key, options: ReadOptions & SortOptions = {}): TxnOp<Map<string, V>> {
    return this.#read(reads.readPrefix(this.#view, prefix, options));
  }

  getRange(start: Key, end: Key, options: ReadOptions & SortOptions = {}): TxnOp<Map<string, V>> {
    return this.#read(reads.readBetween(this.#view, start, end, options));
  }

  range(selector: Selector, options: ReadOptions & SortOptions = {}): TxnOp<reads.RangeResult<V>> {
    return this.#read(reads.readRange(this.#view, selector, options));
  }

  count(selector: Selector, options: ReadOptions = {}): TxnOp<number> {
    return this.#read(reads.readCount(this.#view, selector, options));
  }

  put(key: Key, value: V, options: PutOptions = {}): TxnOp<PutResult<V>> {
    return this.#branch.add(putOperation(writeValue(this.#view, key, value, options)));
  }

  setLease(key: Key, lease: bigint): TxnOp<PutResult<V>> {
    return this.#branch.add(putOperation(writeLease(this.#view, key, lease)));
  }

  delete(selector: Selector, options: DeleteOptions = {}): TxnOp<DeleteResult<V>> {
    return this.#delete(spanOf(selector), options);
  }

  deletePrefix(prefix: Key, options: DeleteOptions = {}): TxnOp<DeleteResult<V>> {
    return this.#delete(prefixSpan(prefix), options);
  }

  deleteRange(start: Key, end: Key, options: DeleteOptions = {}): TxnOp<DeleteResult<V>> {
    return this.#delete(between(start, end), options);
  }

  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
  ): TxnOp<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>> {
    const nested = this.#branch.add(txnOperation(this.#nest(compares, build)));
    return nested as TxnOp<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;
  }

  #read<T>(read: reads.Read<T>): TxnOp<T> {
    return this.#branch.add(rangeOperation(read));
  }

  #delete(span: Span, options: DeleteOptions): TxnOp<DeleteResult<V>> {
    return this.#branch.add(deleteOperation(deletion(this.#view, span, options)));
  }
}
