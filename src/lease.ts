/**
 * Leases: granting, renewing, asking after and revoking them.
 *
 * @module
 */

import { grant } from "./lease/calls.ts";
import { GrantedLease } from "./lease/granted_lease.ts";
import type { LeaseRenewals } from "./lease/renewals.ts";
import type { Lease } from "./lease/types.ts";
import type { CallOptions } from "./options.ts";
import type { Scope } from "./scope.ts";

export { keepLeaseAliveOnce, leaseTimeToLive, listLeases, revokeLease } from "./lease/calls.ts";
export { keepLeaseAlive } from "./lease/keeper.ts";
export type { Lease, LeaseKeeper, LeaseStatus } from "./lease/types.ts";

/**
 * Grants a lease.
 *
 * @param ttl Whole seconds.
 * @param options An id instead of a random one, where it is not 0; signal and timeout.
 * @throws {RangeError} If the ttl is not a whole number of at least 1, or the id has more than 64 bits.
 * @throws {EtcdError} If the server refuses (an id that exists, a ttl that is too large) or cannot be reached.
 * @throws {EtcdTimeoutError} If its time ran out.
 * @throws The signal's reason, if it was aborted.
 */
export async function grantLease<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  ttl: number,
  options: { readonly id?: bigint } & CallOptions = {},
): Promise<Lease> {
  scope.resources.assertOpen("grant a lease");
  return new GrantedLease(scope, renewals, await grant(scope, ttl, options));
}
