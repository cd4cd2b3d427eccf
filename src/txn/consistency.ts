/**
 * How fresh what a transaction sees is, and whether it may be repeated.
 *
 * etcd runs a transaction of nothing but ranges on the member that was asked, and waits for the cluster first
 * only if one of the ranges is linearizable (server/etcdserver/v3_server.go, `Txn`): one of compares alone could
 * be answered by a member that was cut off long ago.
 *
 * @module
 */

import type { RequestOp, TxnRequest } from "../../proto/gen/kv.ts";
import { countRequest } from "../rpc/count_request.ts";

/** Whether a transaction changes nothing in either branch, so that it may be repeated. */
export function isReadOnly(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].every(({ request }) => {
    if (request?.$case === "requestTxn") return isReadOnly(request.value);
    return request?.$case === "requestRange";
  });
}

/** Whether the member that is asked answers by itself. */
export function isSerializable(request: TxnRequest): boolean {
  return [...request.success, ...request.failure].every(isSerializableRange);
}

/**
 * The transaction with compares that see the newest state: where a branch has serializable reads alone, they
 * become linearizable; where it has nothing, a read that the caller does not see is added. Without compares it
 * is as serializable as its reads ask for.
 */
export function linearized(request: TxnRequest): TxnRequest {
  const { compare, success, failure } = request;
  if (compare.length === 0 || ![...success, ...failure].every(isRange)) return request;
  const fresh = (branch: RequestOp[]) => {
    if (branch.length === 0) return [countOf(compare[0].key)];
    return branch.every(isSerializableRange) ? branch.map(asLinearizable) : branch;
  };
  return { compare, success: fresh(success), failure: fresh(failure) };
}

function isRange({ request }: RequestOp): boolean {
  return request?.$case === "requestRange";
}

function isSerializableRange({ request }: RequestOp): boolean {
  return request?.$case === "requestRange" && request.value.serializable;
}

function asLinearizable(operation: RequestOp): RequestOp {
  const { request } = operation;
  if (request?.$case !== "requestRange") return operation;
  return { request: { $case: "requestRange", value: { ...request.value, serializable: false } } };
}

/** The cheapest range; on the key of a compare, which whoever runs the transaction must be allowed to read. */
function countOf(key: Uint8Array): RequestOp {
  return { request: { $case: "requestRange", value: countRequest(key) } };
}
