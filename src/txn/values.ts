/**
 * What transactions yield, typed after what their builders return.
 *
 * @module
 */

import type { KeyValue, ResponseHeader } from "../key_value.ts";
import type { DeleteResult } from "../kv/delete.ts";
import type { PutResult } from "../kv/put.ts";
import type { RangeResult } from "../kv/read.ts";

/** One operation of a transaction; `T` is what it yields. */
export interface TxnOp<out T> {
  /** Types only; absent at run time. */
  readonly type?: T;
}

/** What the builder of `txn` returns: the operations whose values are wanted, or nothing for those of all. */
export type Branch = readonly TxnOp<unknown>[] | void;

/** What the builder of `txnCompare` returns: the same for each branch; a branch left out yields no values. */
export type Branches = {
  /** Of the branch that runs when every compare holds. */
  readonly success?: readonly TxnOp<unknown>[];
  /** Of the branch that runs otherwise. */
  readonly failure?: readonly TxnOp<unknown>[];
} | void;

/** The values of a list of operations, one for each. */
export type OpValues<R extends readonly TxnOp<unknown>[]> = {
  -readonly [K in keyof R]: R[K] extends TxnOp<infer T> ? T : never;
};

/** What an operation yields when the builder returned nothing. */
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

/** The values of a branch, by what its builder returned. */
export type BranchValues<R, V> = R extends readonly TxnOp<unknown>[] ? OpValues<R> : TxnValue<V>[];

/** The values of the branch that ran because every compare held. */
export type SuccessValues<R, V> = R extends { readonly success: infer S extends readonly TxnOp<unknown>[] }
  ? OpValues<S>
  : R extends object ? []
  : TxnValue<V>[];

/** The values of the branch that ran because a compare did not hold. */
export type FailureValues<R, V> = R extends { readonly failure: infer F extends readonly TxnOp<unknown>[] }
  ? OpValues<F>
  : R extends object ? []
  : TxnValue<V>[];

/** A transaction whose compares all held. */
export interface TxnSucceeded<S> {
  /** The success branch ran. */
  readonly succeeded: true;
  /** What its operations yielded. */
  readonly values: S;
  /** The revision of the store after the transaction; the one of its writes, if it had any. */
  readonly revision: bigint;
  /** What etcd says of the cluster. */
  readonly header: ResponseHeader;
}

/** A transaction of which a compare did not hold. */
export interface TxnFailed<F> {
  /** The failure branch ran. */
  readonly succeeded: false;
  /** What its operations yielded. */
  readonly values: F;
  /** The revision of the store after the transaction; the one of its writes, if it had any. */
  readonly revision: bigint;
  /** What etcd says of the cluster. */
  readonly header: ResponseHeader;
}

/** What became of a transaction; `succeeded` tells which branch ran. */
export type TxnResult<S, F> = TxnSucceeded<S> | TxnFailed<F>;
