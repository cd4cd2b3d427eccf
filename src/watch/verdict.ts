/**
 * What an error means for a watcher.
 *
 * @module
 */

import { EtcdError, EtcdTimeoutError } from "../errors.ts";
import { STALE_TOKEN, Status } from "../etcd_status.ts";

/** Errors that another stream would meet again. */
const FINAL: ReadonlySet<number> = new Set([
  Status.INVALID_ARGUMENT,
  Status.PERMISSION_DENIED,
  Status.UNIMPLEMENTED,
  Status.DATA_LOSS,
  Status.UNAUTHENTICATED,
]);

/**
 * The refusal of a response above `maxReceiveBytes`, by grpc-js and by our own transport, and of a request whose token
 * is above what the server takes; they would come again.
 */
const ABOVE_LIMIT = /message larger than max|message of \d+ bytes, more than the limit|header list over/i;

/**
 * Streams in a row that may fail by what is no error of a call: that of a middleware may pass, that of a module which
 * cannot be loaded does not. With the rests between them it takes some seconds.
 */
const PATIENCE = 10;

/** Whether an error is one of calls, rather than of what was put around them. */
export function isOurs(error: unknown): boolean {
  return error instanceof EtcdError || error instanceof EtcdTimeoutError;
}

/**
 * Whether an error that ended a stream ends its watchers too, rather than that they resume on another one.
 *
 * @param strange How many streams in a row failed by what is no error of a call, this one included.
 */
export function endsWatch(error: unknown, strange: number): boolean {
  if (strange >= PATIENCE) return true;
  return error instanceof EtcdError && (FINAL.has(error.code) || ABOVE_LIMIT.test(error.message));
}

/** Whether a login that failed ends the watcher that needs it, rather than that it is tried once more. */
export function endsLogin(error: unknown): boolean {
  return !(error instanceof EtcdTimeoutError || (error instanceof EtcdError && error.retryable));
}

/** Whether a new token may help. */
export function isStaleToken(error: unknown): boolean {
  return error instanceof EtcdError && STALE_TOKEN.has(error.reason);
}
