/**
 * What a failed dial means to a caller.
 *
 * @module
 */

import { EtcdError, EtcdUnauthenticatedError, EtcdUnavailableError } from "../errors.ts";
import { DialError, type DialErrorKind } from "./net/dial_error.ts";

/** Failures that trying again does not mend. */
const FINAL: ReadonlySet<DialErrorKind> = new Set(["certificate", "host-name", "identity", "alpn", "denied"]);

/**
 * The typed error of a connection that could not be opened, or that ended. One side's refusal of the other's TLS
 * identity is UNAUTHENTICATED and final; everything else may pass.
 */
export function connectionError(error: unknown): EtcdError {
  if (error instanceof EtcdError) return error;
  const dialed = dialErrorIn(error);
  const { message } = dialed ?? EtcdError.from(error);
  const options = { maybeExecuted: "no", cause: error } as const;
  if (dialed === undefined || !FINAL.has(dialed.kind)) return new EtcdUnavailableError(message, options);
  if (dialed.kind === "denied") return new EtcdUnavailableError(message, { ...options, retryable: false });
  return new EtcdUnauthenticatedError(message, { ...options, reason: "TLS_REFUSED" });
}

/** A refused client certificate shows only at the first read, deep in what the connection says of its end. */
function dialErrorIn(error: unknown): DialError | undefined {
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at instanceof DialError) return at;
  }
  return undefined;
}
