/**
 * The operations of a transaction, made of those of single calls.
 *
 * @module
 */

import type { ResponseHeader as HeaderMessage } from "../../proto/gen/header.ts";
import type {
  DeleteRangeResponse,
  PutResponse,
  RangeResponse,
  RequestOp,
  ResponseOp,
  TxnRequest,
  TxnResponse,
} from "../../proto/gen/kv.ts";
import { EtcdInternalError } from "../errors.ts";
import type { DeleteResult, Deletion } from "../kv/delete.ts";
import type { Operation } from "../kv/operation.ts";
import type { PutResult, Write } from "../kv/put.ts";
import type { Read } from "../kv/read.ts";

/** One operation of a branch. */
export interface BranchOperation<T> {
  readonly request: RequestOp;
  /** @param header That of the whole transaction; those of its parts name no cluster. */
  read(response: ResponseOp | undefined, header: HeaderMessage | undefined): T;
}

/** A read as a part of a transaction. */
export function rangeOperation<T>({ request, read }: Read<T>): BranchOperation<T> {
  return {
    request: { request: { $case: "requestRange", value: request } },
    read: (response, header) => read(answer(response, "responseRange", header)),
  };
}

/** A put as a part of a transaction. */
export function putOperation<V>({ request, read }: Write<V>): BranchOperation<PutResult<V>> {
  return {
    request: { request: { $case: "requestPut", value: request } },
    read: (response, header) => read(answer(response, "responsePut", header)),
  };
}

/** A deletion as a part of a transaction. */
export function deleteOperation<V>(
  { request, read }: Deletion<V>,
): BranchOperation<DeleteResult<V>> {
  return {
    request: { request: { $case: "requestDeleteRange", value: request } },
    read: (response, header) => read(answer(response, "responseDeleteRange", header)),
  };
}

/** A transaction as a part of another one. */
export function txnOperation<T>(
  { request, read }: Operation<TxnRequest, TxnResponse, T>,
): BranchOperation<T> {
  return {
    request: { request: { $case: "requestTxn", value: request } },
    read: (response, header) => read(answer(response, "responseTxn", header)),
  };
}

/** What answers each kind of operation. */
interface Answers {
  readonly responseRange: RangeResponse;
  readonly responsePut: PutResponse;
  readonly responseDeleteRange: DeleteRangeResponse;
  readonly responseTxn: TxnResponse;
}

/** The answer to one operation, with a header that is whole: etcd gives the parts a revision at most. */
function answer<K extends keyof Answers>(
  response: ResponseOp | undefined,
  kind: K,
  outer: HeaderMessage | undefined,
): Answers[K] {
  const found = response?.response;
  if (found?.$case !== kind) {
    throw new EtcdInternalError(
      "Cannot read the transaction: etcd answered another operation than was asked",
      {
        maybeExecuted: "yes",
      },
    );
  }
  const value = found.value as Answers[K];
  const revision = value.header?.revision || outer?.revision;
  return outer === undefined || revision === undefined ? value : { ...value, header: { ...outer, revision } };
}
