/**
 * Which keys a client contends with. Two locks of one name on one session would have one key between them, and
 * each would take the other's place in the queue for its own.
 *
 * @module
 */

import type { LeaseRenewals } from "../lease/renewals.ts";

const claims = new WeakMap<LeaseRenewals, Set<string>>();

/**
 * Claims a key for as long as it is contended with or held.
 *
 * @param renewals Those of the client: its communicators share their sessions.
 * @returns What gives the claim up; undefined where the key is claimed already.
 */
export function claim(renewals: LeaseRenewals, absoluteKey: Uint8Array): (() => void) | undefined {
  const claimed = claims.get(renewals) ?? new Set();
  claims.set(renewals, claimed);
  const key = absoluteKey.join();
  if (claimed.has(key)) return undefined;
  claimed.add(key);
  return () => claimed.delete(key);
}
