/**
 * How a call failed on the wire, before it is read as one of etcd's errors.
 *
 * @module
 */

import type { EtcdError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import { fromStatus } from "../status_error.ts";
import type { CallFailure } from "../transport/connection.ts";
import { GrpcError, type GrpcStatus } from "../transport/grpc/status.ts";

/** A call by nice-grpc that failed on the wire. */
export class RpcFailure extends Error {
  readonly failure: CallFailure;

  constructor(failure: CallFailure, cause: unknown) {
    super(failure.details, { cause });
    this.failure = failure;
  }
}

/** What the transport says of a failed attempt; undefined if it was not the transport that failed. */
export function failureOf(thrown: unknown): CallFailure | undefined {
  if (thrown instanceof RpcFailure) return thrown.failure;
  return thrown instanceof GrpcError ? failureOfStatus(thrown.status) : undefined;
}

/** The error of a stream whose connection takes nothing new any more: it is to be opened elsewhere. */
export function connectionEnding(action: string): EtcdError {
  return fromStatus(action, Status.UNAVAILABLE, "its connection is about to end", { connectionLost: true });
}

/** What a status of our own transport says. */
export function failureOfStatus({ code, details, sent, connectionLost }: GrpcStatus): CallFailure {
  return { code, details, sent: sent !== "no", connectionLost };
}
