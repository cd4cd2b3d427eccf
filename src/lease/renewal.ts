/**
 * One renewal of one lease, on a stream of its own, so that nothing but its own failure ends it.
 *
 * What can go wrong, and what then: a connection or a member that fails is tried elsewhere, as often as any call;
 * a token that is of no use is replaced once; whatever else the server says is the caller's.
 *
 * @module
 */

import { EtcdError, EtcdInternalError, EtcdTimeoutError } from "../errors.ts";
import { STALE_TOKEN } from "../etcd_status.ts";
import type { CallOptions } from "../options.ts";
import { CallLife } from "../rpc/call_life.ts";
import { LeaseKeepAlive } from "../rpc/methods.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { backoff, sleep } from "../timing.ts";
import { type Instant, now } from "./clock.ts";
import { leaseHex } from "./id.ts";

/** What the server answered to a renewal. */
export interface Renewal {
  /** Seconds, counted from `sentAt`; 0 or less where the server has no such lease. */
  readonly ttl: number;
  /** When the renewal was sent. */
  readonly sentAt: Instant;
}

/** Whether a new login can help. */
export function isStaleToken(error: unknown): boolean {
  return error instanceof EtcdError && STALE_TOKEN.has(error.reason);
}

/**
 * Renews a lease once.
 *
 * @throws {EtcdError} What the server or the way to it said, after the retries.
 * @throws {EtcdTimeoutError} If its time ran out.
 * @throws The signal's reason, if it was aborted.
 */
export async function renewOnce(rpc: Rpc, id: bigint, options: CallOptions): Promise<Renewal> {
  const life = new CallLife(options, rpc.options.timeout, rpc.closed);
  try {
    return await repeated(rpc, id, life.signal);
  } catch (error) {
    if (!life.timedOut) throw error;
    throw new EtcdTimeoutError(`Cannot renew lease ${leaseHex(id)} within ${life.timeout} ms`, {
      cause: error,
    });
  } finally {
    life.release();
  }
}

async function repeated(rpc: Rpc, id: bigint, signal: AbortSignal): Promise<Renewal> {
  const { maxAttempts, minTimeout, maxTimeout } = rpc.options.retry;
  for (let attempt = 1, reauthenticated = false;; attempt++) {
    const stream = await rpc.open(LeaseKeepAlive, { signal });
    try {
      const sentAt = now();
      stream.send({ ID: id });
      for await (const { TTL } of stream) return { ttl: Number(TTL), sentAt };
      throw new EtcdInternalError(`Cannot renew lease ${leaseHex(id)}: the stream ended without an answer`);
    } catch (error) {
      signal.throwIfAborted();
      if (!reauthenticated && isStaleToken(error)) {
        const renewed = await rpc.renewToken(stream.token);
        reauthenticated = renewed !== "known";
        if (renewed) continue;
      }
      if (attempt >= maxAttempts || !isTransient(error)) throw error;
      rpc.avoid(stream.endpoint);
    } finally {
      stream.close();
    }
    await sleep(backoff(attempt, minTimeout, maxTimeout), signal);
  }
}

/** Another member may do, or the same one a little later. */
function isTransient(error: unknown): boolean {
  return error instanceof EtcdError && (error.retryable || error instanceof EtcdInternalError);
}
