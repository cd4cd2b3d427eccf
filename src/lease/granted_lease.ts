/**
 * A lease in the hands of the one it was granted to.
 *
 * @module
 */

import type { CallOptions } from "../options.ts";
import { toPlain } from "../plain.ts";
import type { Scope } from "../scope.ts";
import { dropLease, type Grant, keepLeaseAliveOnce, leaseTimeToLive } from "./calls.ts";
import { keepLeaseAlive } from "./keeper.ts";
import type { LeaseRenewals } from "./renewals.ts";
import type { TrackedLease } from "./tracked_lease.ts";
import type { Lease, LeaseKeeper, LeaseStatus } from "./types.ts";

/** {@linkcode Lease} over the client's renewals. Its states are those of the tracked lease. */
export class GrantedLease<V> implements Lease {
  readonly id: bigint;
  readonly ttl: number;
  readonly #scope: Scope<V>;
  readonly #renewals: LeaseRenewals;
  readonly #tracked: TrackedLease;

  constructor(scope: Scope<V>, renewals: LeaseRenewals, grant: Grant) {
    this.id = grant.id;
    this.ttl = grant.ttl;
    this.#scope = scope;
    this.#renewals = renewals;
    this.#tracked = renewals.hold(grant.id, grant).lease;
  }

  get signal(): AbortSignal {
    return this.#tracked.signal;
  }

  keepAlive(): LeaseKeeper {
    return keepLeaseAlive(this.#scope, this.#renewals, this.id);
  }

  keepAliveOnce(options: CallOptions = {}): Promise<number> {
    return keepLeaseAliveOnce(this.#scope, this.#renewals, this.id, options);
  }

  timeToLive(options: { readonly keys?: boolean } & CallOptions = {}): Promise<LeaseStatus> {
    return leaseTimeToLive(this.#scope, this.#renewals, this.id, options);
  }

  async revoke(options: CallOptions = {}): Promise<void> {
    if (!this.signal.aborted) await dropLease(this.#scope, this.#renewals, this.id, options);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.revoke();
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }
}
