/**
 * From what a server or the transport says of a failed call to the error that callers catch.
 *
 * @module
 */

import {
  EtcdAbortedError,
  EtcdAlreadyExistsError,
  EtcdBadRequestError,
  EtcdCancelledError,
  EtcdCompactedError,
  EtcdDataLossError,
  EtcdDeadlineExceededError,
  type EtcdError,
  EtcdInternalError,
  EtcdInvalidArgumentError,
  EtcdLeaseNotFoundError,
  EtcdNoLeaderError,
  EtcdNoSpaceError,
  EtcdNotFoundError,
  EtcdOutOfRangeError,
  EtcdPermissionDeniedError,
  EtcdTooManyRequestError,
  EtcdUnauthenticatedError,
  EtcdUnavailableError,
  EtcdUnimplementedError,
  EtcdUnknownError,
  type MaybeExecuted,
} from "./errors.ts";
import { type EtcdStatus, etcdStatus, Status, STATUS_NAMES, unwrapped } from "./etcd_status.ts";

/** The class for each gRPC status. */
const BY_STATUS: readonly (typeof EtcdError)[] = [
  EtcdUnknownError,
  EtcdCancelledError,
  EtcdUnknownError,
  EtcdInvalidArgumentError,
  EtcdDeadlineExceededError,
  EtcdNotFoundError,
  EtcdAlreadyExistsError,
  EtcdPermissionDeniedError,
  EtcdTooManyRequestError,
  EtcdBadRequestError,
  EtcdAbortedError,
  EtcdOutOfRangeError,
  EtcdUnimplementedError,
  EtcdInternalError,
  EtcdUnavailableError,
  EtcdDataLossError,
  EtcdUnauthenticatedError,
];

/** The classes of their own, by etcd's reason. */
const BY_REASON: Readonly<Record<string, typeof EtcdError>> = {
  COMPACTED: EtcdCompactedError,
  LEASE_NOT_FOUND: EtcdLeaseNotFoundError,
  NO_SPACE: EtcdNoSpaceError,
  NO_LEADER: EtcdNoLeaderError,
};

/** Refusals that pass, or that another member would not give, though their status does not say so. */
const PASSING: ReadonlySet<string> = new Set(["TOO_MANY_REQUESTS", "NOT_SUPPORTED_FOR_LEARNER"]);

/** What the transport knows of a failed call beside its status. */
export interface FailedCall {
  /** False when not a byte of the request can have reached a server. */
  readonly sent?: boolean;
  /** True when the connection ended before a status came. */
  readonly connectionLost?: boolean;
  /** True when an earlier try of the same call may have been executed, whatever became of this one. */
  readonly triedBefore?: boolean;
  readonly cause?: unknown;
}

function executed(known: EtcdStatus | undefined, { sent, triedBefore }: FailedCall): MaybeExecuted {
  if (triedBefore) return "unknown";
  return sent === false ? "no" : known?.executed ?? "unknown";
}

/**
 * The typed error for a gRPC status.
 *
 * @param action What was tried, for the message: `"Cannot call KV/Put"`.
 * @param code The status number.
 * @param details The status message, or the cancel reason of a watch.
 * @param call What the transport knows of the call.
 * @returns The error of the class that fits, with etcd's reason and `maybeExecuted`.
 */
export function fromStatus(
  action: string,
  code: number,
  details: string,
  call: FailedCall = {},
): EtcdError {
  const known = etcdStatus(details);
  const status = known?.code ?? code;
  const ErrorClass = BY_REASON[known?.reason ?? ""] ?? BY_STATUS[status] ?? EtcdUnknownError;
  const found = unwrapped(details) || (STATUS_NAMES[status] ?? `status ${status}`);
  return new ErrorClass(`${action}: ${found}`, {
    code: status,
    reason: known?.reason,
    maybeExecuted: executed(known, call),
    retryable: call.connectionLost || status === Status.UNAVAILABLE || PASSING.has(known?.reason ?? ""),
    cause: call.cause,
  });
}
