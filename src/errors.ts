/**
 * The errors callers can catch: one class for each gRPC status, and some for what etcd means by it.
 *
 * @module
 */

import { belongs, brand, nameAfter } from "./error_brand.ts";
import { Status, STATUS_NAMES } from "./etcd_status.ts";
import { toPlain, toText } from "./plain.ts";

/**
 * Whether a failed write can have happened: `"no"` certainly not, `"yes"` certainly, `"unknown"` when the
 * answer was lost on its way.
 */
export type MaybeExecuted = "no" | "yes" | "unknown";

/** What an {@linkcode EtcdError} is made of, beside its message. */
export interface EtcdErrorOptions {
  /** gRPC status number; default: the status of the class. */
  readonly code?: number;
  /** etcd's own name for the error; default: the name of the status. */
  readonly reason?: string;
  /** Whether the call can have had an effect. @default {"unknown"} */
  readonly maybeExecuted?: MaybeExecuted;
  /** Whether repeating the call may help. @default {true for UNAVAILABLE, false otherwise} */
  readonly retryable?: boolean;
  /** What caused it. */
  readonly cause?: unknown;
}

/**
 * Something etcd, or the way to it, refused or failed to do. The base of all errors of this package but
 * {@linkcode EtcdTimeoutError}, {@linkcode EtcdDecodeError} and the built-in ones for misuse.
 *
 * @example Telling whether a failed write can have happened
 * ```ts
 * import { EtcdError, EtcdUnavailableError } from "./errors.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new EtcdUnavailableError("Cannot call KV/Put: connection lost");
 * assertEquals(error instanceof EtcdError, true);
 * assertEquals(error.maybeExecuted, "unknown");
 * assertEquals(error.reason, "UNAVAILABLE");
 * ```
 */
export class EtcdError extends Error {
  /** The name of the class, the same in every installed copy and after minification. */
  static readonly kind: string = "EtcdError";
  /** The gRPC status that the class stands for. */
  static readonly status: number = Status.UNKNOWN;

  /** gRPC status number. */
  readonly code: number;
  /** etcd's own, such as `"LEASE_NOT_FOUND"`; otherwise the status name. */
  readonly reason: string;
  /** Whether the call can have had an effect. */
  readonly maybeExecuted: MaybeExecuted;
  /** Whether the same call may succeed when repeated; for a write, look at `maybeExecuted` first. */
  readonly retryable: boolean;

  /**
   * Makes an error; needed by tests and by wrappers of this client only.
   *
   * @param message What was tried, then what was found.
   * @param options Status, reason and cause.
   */
  constructor(message: string, options: EtcdErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    brand(this, new.target);
    nameAfter(this, new.target);
    this.code = options.code ?? new.target.status;
    this.reason = options.reason ?? STATUS_NAMES[this.code] ?? `STATUS_${this.code}`;
    this.maybeExecuted = options.maybeExecuted ?? "unknown";
    this.retryable = options.retryable ?? this.code === Status.UNAVAILABLE;
  }

  /**
   * For `JSON.stringify`; without cause and stack.
   *
   * @returns Plain data: 64-bit numbers as decimal strings.
   */
  toJSON(): unknown {
    return toPlain({ ...this, name: this.name, message: this.message });
  }

  /**
   * Holds for errors of any installed copy of this package.
   *
   * @param value Anything.
   * @returns Whether it is an error of this class or of one that extends it.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return belongs(this, value);
  }

  /**
   * Turns anything that was thrown into an error of this package; keeps what is one already.
   *
   * @param error What was thrown.
   * @returns The error itself, or an {@linkcode EtcdError} whose `cause` it is.
   */
  static from(error: unknown): EtcdError | EtcdTimeoutError {
    if (error instanceof EtcdError || error instanceof EtcdTimeoutError) return error;
    const { name, message } = error instanceof Error ? error : { name: "", message: toText(error) };
    if (name === "TimeoutError") return new EtcdTimeoutError(message, { cause: error });
    if (name === "AbortError") return new EtcdCancelledError(message, { cause: error });
    return new EtcdUnknownError(message, { cause: error });
  }
}

/**
 * The `timeout` of a call, of a wait for a lock or of a connect ran out. A `DOMException` named
 * `"TimeoutError"`, as `AbortSignal.timeout()` makes them.
 */
export class EtcdTimeoutError extends DOMException {
  /** The name of the class. */
  static readonly kind: string = "EtcdTimeoutError";
  /** Whether the call can have had an effect. */
  readonly maybeExecuted: MaybeExecuted;

  /**
   * Makes an error; needed by tests and by wrappers of this client only.
   *
   * @param message What was tried and for how long.
   * @param options Whether it can have been executed, and the cause.
   */
  constructor(message: string, options: Pick<EtcdErrorOptions, "maybeExecuted" | "cause"> = {}) {
    super(message, "TimeoutError");
    brand(this, new.target);
    if ("cause" in options) {
      Object.defineProperty(this, "cause", { value: options.cause, configurable: true, writable: true });
    }
    this.maybeExecuted = options.maybeExecuted ?? "unknown";
  }

  /**
   * Holds for errors of any installed copy of this package.
   *
   * @param value Anything.
   * @returns Whether it is an error of this class.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return belongs(this, value);
  }
}

/** The server cancelled the call (CANCELLED). A caller's own abort rejects with `signal.reason` instead. */
export class EtcdCancelledError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdCancelledError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.CANCELLED;
}

/** The server failed in a way it gave no status for (UNKNOWN). */
export class EtcdUnknownError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdUnknownError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.UNKNOWN;
}

/** The request is wrong in itself (INVALID_ARGUMENT). */
export class EtcdInvalidArgumentError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdInvalidArgumentError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.INVALID_ARGUMENT;
}

/** The server gave up first (DEADLINE_EXCEEDED). The client's own clock makes an `EtcdTimeoutError`. */
export class EtcdDeadlineExceededError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdDeadlineExceededError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.DEADLINE_EXCEEDED;
}

/** What was asked for does not exist (NOT_FOUND). */
export class EtcdNotFoundError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdNotFoundError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.NOT_FOUND;
}

/** What was to be made exists already (ALREADY_EXISTS). */
export class EtcdAlreadyExistsError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdAlreadyExistsError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.ALREADY_EXISTS;
}

/** The user may not do this (PERMISSION_DENIED). */
export class EtcdPermissionDeniedError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdPermissionDeniedError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.PERMISSION_DENIED;
}

/** Login or token was refused (UNAUTHENTICATED). */
export class EtcdUnauthenticatedError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdUnauthenticatedError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.UNAUTHENTICATED;
}

/** A limit of the server is reached (RESOURCE_EXHAUSTED). */
export class EtcdTooManyRequestError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdTooManyRequestError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.RESOURCE_EXHAUSTED;
}

/** The state of the cluster does not allow it (FAILED_PRECONDITION). */
export class EtcdBadRequestError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdBadRequestError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.FAILED_PRECONDITION;
}

/** The operation was aborted by a conflict (ABORTED). */
export class EtcdAbortedError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdAbortedError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.ABORTED;
}

/** A revision or a ttl lies outside of what exists (OUT_OF_RANGE). */
export class EtcdOutOfRangeError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdOutOfRangeError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.OUT_OF_RANGE;
}

/** The server does not know this call or option (UNIMPLEMENTED). */
export class EtcdUnimplementedError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdUnimplementedError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.UNIMPLEMENTED;
}

/** The server or the connection broke the protocol (INTERNAL). */
export class EtcdInternalError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdInternalError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.INTERNAL;
}

/** No server could be reached, or it could not serve (UNAVAILABLE). */
export class EtcdUnavailableError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdUnavailableError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.UNAVAILABLE;
}

/** The server found its data damaged (DATA_LOSS). */
export class EtcdDataLossError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdDataLossError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.DATA_LOSS;
}

/** The revision asked for was compacted away. */
export class EtcdCompactedError extends EtcdOutOfRangeError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdCompactedError";
  /** The oldest revision that can still be read; `0n` where the server does not say (it says so to watches). */
  readonly compactRevision: bigint;

  /**
   * Makes an error; needed by tests and by wrappers of this client only.
   *
   * @param message What was tried, then what was found.
   * @param options As for any error, and the revision of the compaction.
   */
  constructor(message: string, options: EtcdErrorOptions & { readonly compactRevision?: bigint } = {}) {
    super(message, { reason: "COMPACTED", ...options });
    this.compactRevision = options.compactRevision ?? 0n;
  }
}

/** The lease does not exist, or no longer. */
export class EtcdLeaseNotFoundError extends EtcdNotFoundError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdLeaseNotFoundError";
}

/** The server's storage quota is reached; a write may have been executed before the server said so. */
export class EtcdNoSpaceError extends EtcdTooManyRequestError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdNoSpaceError";
}

/** The member that was asked has no leader. */
export class EtcdNoLeaderError extends EtcdUnavailableError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdNoLeaderError";
}

/** A lock or a leadership is no longer ours; with a guarded write, nothing was written. */
export class EtcdLockLostError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdLockLostError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.ABORTED;
}

/** A watcher with `onOverflow: "error"` was read too slowly. */
export class EtcdWatchOverflowError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdWatchOverflowError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.RESOURCE_EXHAUSTED;
}

/** The endpoint now belongs to another cluster, or to one that was wiped or restored. */
export class EtcdClusterChangedError extends EtcdError {
  /** The name of the class. */
  static override readonly kind: string = "EtcdClusterChangedError";
  /** The gRPC status that the class stands for. */
  static override readonly status: number = Status.DATA_LOSS;
}
