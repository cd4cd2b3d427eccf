/**
 * The contract of the public surface: the errors. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

// Ours has more than the contract asks for.
import type * as mod from "../../mod.ts";

export type MaybeExecuted = "no" | "yes" | "unknown";
export declare class EtcdError extends Error {
  /** gRPC status number. */
  readonly code: number;
  /** etcd's own, such as "LEASE_NOT_FOUND"; otherwise the status name. */
  readonly reason: string;
  readonly maybeExecuted: MaybeExecuted;
  readonly retryable: boolean;
  static from(error: unknown): mod.EtcdError | mod.EtcdTimeoutError;
}
/** name "TimeoutError": the `timeout` of a call, a lock or a connect ran out. */
export declare class EtcdTimeoutError extends DOMException {
  readonly maybeExecuted: MaybeExecuted;
}
/** A value or key that the codec refused. */
export declare class EtcdDecodeError extends Error {
  readonly keyBytes: Uint8Array;
  readonly revision: bigint | null;
  readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[];
}
export declare class EtcdCancelledError extends EtcdError {}
export declare class EtcdUnknownError extends EtcdError {}
export declare class EtcdInvalidArgumentError extends EtcdError {}
export declare class EtcdDeadlineExceededError extends EtcdError {}
export declare class EtcdNotFoundError extends EtcdError {}
export declare class EtcdAlreadyExistsError extends EtcdError {}
export declare class EtcdPermissionDeniedError extends EtcdError {}
export declare class EtcdUnauthenticatedError extends EtcdError {}
export declare class EtcdTooManyRequestError extends EtcdError {}
export declare class EtcdBadRequestError extends EtcdError {}
export declare class EtcdAbortedError extends EtcdError {}
export declare class EtcdOutOfRangeError extends EtcdError {}
export declare class EtcdUnimplementedError extends EtcdError {}
export declare class EtcdInternalError extends EtcdError {}
export declare class EtcdUnavailableError extends EtcdError {}
export declare class EtcdDataLossError extends EtcdError {}
export declare class EtcdCompactedError extends EtcdOutOfRangeError {
  readonly compactRevision: bigint;
}
export declare class EtcdLeaseNotFoundError extends EtcdNotFoundError {}
export declare class EtcdNoSpaceError extends EtcdTooManyRequestError {}
export declare class EtcdNoLeaderError extends EtcdUnavailableError {}
export declare class EtcdLockLostError extends EtcdError {}
export declare class EtcdWatchOverflowError extends EtcdError {}
export declare class EtcdClusterChangedError extends EtcdError {}
