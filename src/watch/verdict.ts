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

/** Whether an error that ended a stream ends its watchers too, rather than that they resume on another one. */
export function endsWatch(error: unknown): boolean {
  // A login was too slow, and need not be the next time.
  if (error instanceof EtcdTimeoutError) return false;
  // What is none of ours comes again, such as that a module cannot be loaded.
  if (!(error instanceof EtcdError)) return true;
  return FINAL.has(error.code) || ABOVE_LIMIT.test(error.message);
}

/** Whether a login that failed ends the watcher that needs it, rather than that it is tried once more. */
export function endsLogin(error: unknown): boolean {
  return !(error instanceof EtcdTimeoutError || (error instanceof EtcdError && error.retryable));
}

/** Whether a new token may help. */
export function isStaleToken(error: unknown): boolean {
  return error instanceof EtcdError && STALE_TOKEN.has(error.reason);
}
