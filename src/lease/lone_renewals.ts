/**
 * Leases that are renewed each on a stream of its own, because the server refused one of them.
 *
 * A refusal ends the whole stream, and only the order of answers tells which lease it was about: such a lease is
 * renewed alone until that works again or the lease expires, so that it does not take the others down.
 *
 * @module
 */

import type { Rpc } from "../rpc/rpc.ts";
import { sleep } from "../timing.ts";
import { type Renewal, renewOnce } from "./renewal.ts";
import type { TrackedLease } from "./tracked_lease.ts";

/** Milliseconds to take for the ttl of a lease whose ttl is not known. */
const DEFAULT_TTL = 6_000;

/** The isolated leases. */
export class LoneRenewals {
  readonly #rpc: Rpc;
  readonly #renewed: (lease: TrackedLease, renewal: Renewal) => void;
  readonly #alone = new Map<TrackedLease, AbortController>();

  /** @param renewed Takes a lease back whose renewal worked. */
  constructor(rpc: Rpc, renewed: (lease: TrackedLease, renewal: Renewal) => void) {
    this.#rpc = rpc;
    this.#renewed = renewed;
  }

  /** Renews a lease alone from now on. */
  add(lease: TrackedLease): void {
    const ended = new AbortController();
    this.#alone.set(lease, ended);
    this.#renew(lease, ended.signal).catch(() => {});
  }

  /** Lets a lease go. */
  delete(lease: TrackedLease): void {
    this.#alone.get(lease)?.abort();
    this.#alone.delete(lease);
  }

  async #renew(lease: TrackedLease, signal: AbortSignal): Promise<void> {
    const ttl = lease.ttl ?? DEFAULT_TTL;
    for (;;) {
      try {
        const renewal = await renewOnce(this.#rpc, lease.id, { signal, timeout: ttl / 3 });
        this.#alone.delete(lease);
        return this.#renewed(lease, renewal);
      } catch {
        signal.throwIfAborted();
      }
      await sleep(ttl / 6, signal);
    }
  }
}
