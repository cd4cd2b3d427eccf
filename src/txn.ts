/**
 * Transactions: several operations applied together, guarded by conditions.
 *
 * @module
 */

import type { Compare } from "./compare.ts";
import type { CallOptions } from "./options.ts";
import { Txn as TxnMethod } from "./rpc/methods.ts";
import type { Scope } from "./scope.ts";
import { buildTxn, buildTxnCompare, type BuiltTxn } from "./txn/build.ts";
import { isReadOnly, isSerializable, linearized } from "./txn/consistency.ts";
import type { Txn } from "./txn/interface.ts";
import type {
  Branch,
  Branches,
  BranchValues,
  FailureValues,
  OpValues,
  SuccessValues,
  TxnFailed,
  TxnOp,
  TxnResult,
  TxnSucceeded,
  TxnValue,
} from "./txn/values.ts";

export type {
  Branch,
  Branches,
  BranchValues,
  FailureValues,
  OpValues,
  SuccessValues,
  Txn,
  TxnFailed,
  TxnOp,
  TxnResult,
  TxnSucceeded,
  TxnValue,
};

/** Applies operations together. */
export async function txn<V, const R extends Branch>(
  scope: Scope<V>,
  build: (t: Txn<V>) => R,
  options: CallOptions = {},
): Promise<TxnSucceeded<BranchValues<R, V>>> {
  scope.resources.assertOpen("run a transaction");
  const result = await run(scope, buildTxn(scope, build), options);
  return result as TxnSucceeded<BranchValues<R, V>>;
}

/** Applies one of two branches, as the compares decide. */
export async function txnCompare<V, const R extends Branches>(
  scope: Scope<V>,
  compares: readonly Compare[],
  build: (success: Txn<V>, failure: Txn<V>) => R,
  options: CallOptions = {},
): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>> {
  scope.resources.assertOpen("run a transaction");
  const result = await run(scope, buildTxnCompare(scope, compares, build), options);
  return result as TxnResult<SuccessValues<R, V>, FailureValues<R, V>>;
}

async function run(
  scope: Scope<unknown>,
  { request, read }: BuiltTxn,
  { signal, timeout }: CallOptions,
): Promise<TxnResult<unknown[], unknown[]>> {
  const fresh = linearized(request);
  const idempotent = isReadOnly(fresh);
  const requireLeader = isSerializable(fresh) ? false : undefined;
  return read(await scope.rpc.unary(TxnMethod, fresh, { signal, timeout, idempotent, requireLeader }));
}
