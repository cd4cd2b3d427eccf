/**
 * What an error means for a watcher.
 *
 * @module
 */

import { EtcdError } from "../errors.ts";
import { STALE_TOKEN, Status } from "../etcd_status.ts";

/** Errors that another stream would meet again. */
const FINAL: ReadonlySet<number> = new Set([
  Status.INVALID_ARGUMENT,
  Status.PERMISSION_DENIED,
  Status.UNIMPLEMENTED,
  Status.DATA_LOSS,
  Status.UNAUTHENTICATED,
]);

/** The refusal of a response above `maxReceiveBytes`, by grpc-js and by our own transport; it would come again. */
const ABOVE_LIMIT = /message larger than max|message of \d+ bytes, more than the limit/i;

/** Whether an error that ended a stream ends its watchers too, rather than that they resume on another one. */
export function endsWatch(error: unknown): boolean {
  return error instanceof EtcdError && (FINAL.has(error.code) || ABOVE_LIMIT.test(error.message));
}

/** Whether a new token may help. */
export function isStaleToken(error: unknown): boolean {
  return error instanceof EtcdError && STALE_TOKEN.has(error.reason);
}
