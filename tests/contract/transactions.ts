/**
 * The contract of the public surface: transactions and compares. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

import type { Key, ResponseHeader, Selector } from "./common.ts";
import type {
  DeleteOptions,
  DeleteResult,
  KeyValue,
  PutOptions,
  PutResult,
  RangeResult,
  ReadOptions,
  SortOptions,
} from "./values.ts";

/** One operation of a transaction; `T` is what it yields. */
export interface TxnOp<out T> {
  readonly type?: T;
}
export type Branch = readonly TxnOp<unknown>[] | void;
export type Branches = {
  readonly success?: readonly TxnOp<unknown>[];
  readonly failure?: readonly TxnOp<unknown>[];
} | void;
export type OpValues<R extends readonly TxnOp<unknown>[]> = {
  -readonly [K in keyof R]: R[K] extends TxnOp<infer T> ? T : never;
};
/** What an operation yields when the branch returned nothing. */
export type TxnValue<V> =
  | V
  | null
  | number
  | KeyValue<V>
  | Map<string, V>
  | RangeResult<V>
  | PutResult<V>
  | DeleteResult<V>
  | TxnResult<unknown[], unknown[]>;
export type BranchValues<R, V> = R extends readonly TxnOp<unknown>[] ? OpValues<R> : TxnValue<V>[];
export type SuccessValues<R, V> = R extends { readonly success: infer S extends readonly TxnOp<unknown>[] }
  ? OpValues<S>
  : R extends object ? []
  : TxnValue<V>[];
export type FailureValues<R, V> = R extends { readonly failure: infer F extends readonly TxnOp<unknown>[] }
  ? OpValues<F>
  : R extends object ? []
  : TxnValue<V>[];
export interface TxnSucceeded<S> {
  readonly succeeded: true;
  readonly values: S;
  readonly revision: bigint;
  readonly header: ResponseHeader;
}
export interface TxnFailed<F> {
  readonly succeeded: false;
  readonly values: F;
  readonly revision: bigint;
  readonly header: ResponseHeader;
}
export type TxnResult<S, F> = TxnSucceeded<S> | TxnFailed<F>;

export interface Txn<V> {
  get(key: Key, options?: ReadOptions): TxnOp<V | null>;
  getEntry(key: Key, options?: ReadOptions): TxnOp<KeyValue<V> | null>;
  getPrefix(prefix: Key, options?: ReadOptions & SortOptions): TxnOp<Map<string, V>>;
  getRange(start: Key, end: Key, options?: ReadOptions & SortOptions): TxnOp<Map<string, V>>;
  range(selector: Selector, options?: ReadOptions & SortOptions): TxnOp<RangeResult<V>>;
  count(selector: Selector, options?: ReadOptions): TxnOp<number>;
  put(key: Key, value: V, options?: PutOptions): TxnOp<PutResult<V>>;
  setLease(key: Key, lease: bigint): TxnOp<PutResult<V>>;
  delete(selector: Selector, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  deletePrefix(prefix: Key, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  deleteRange(start: Key, end: Key, options?: DeleteOptions): TxnOp<DeleteResult<V>>;
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
  ): TxnOp<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;
}

/** A condition, made by {@linkcode CompareKey} or `isOwner()`. */
export interface Compare {
  readonly key: string;
  readonly target: "value" | "version" | "createRevision" | "modRevision" | "lease";
}
export interface CompareTarget<T> {
  eq(operand: T): Compare;
  ne(operand: T): Compare;
  gt(operand: T): Compare;
  lt(operand: T): Compare;
}
export declare class CompareKey {
  constructor(key: Selector);
  /** Raw text or bytes, never through a codec. */
  readonly value: CompareTarget<string | Uint8Array>;
  readonly version: CompareTarget<bigint>;
  readonly createRevision: CompareTarget<bigint>;
  readonly modRevision: CompareTarget<bigint>;
  readonly lease: CompareTarget<bigint>;
  exists(): Compare;
  missing(): Compare;
}
