/**
 * Lease ids.
 *
 * @module
 */

import { int64 } from "../options.ts";

/** A random id for a new lease: positive, 63 bits, so that two clients do not choose the same one. */
export function randomLeaseId(): bigint {
  const [bits] = crypto.getRandomValues(new BigUint64Array(1));
  return (bits >> 1n) || 1n;
}

/**
 * Checks the id of a lease that exists.
 *
 * @throws {TypeError} If it is not a bigint.
 * @throws {RangeError} If it is 0, which is etcd's "no lease", or does not fit 64 bits.
 */
export function checkedLeaseId(id: bigint): bigint {
  if (id === 0n) throw new RangeError("Cannot use lease id 0: it means no lease");
  return int64(id, "lease id");
}

/** An id as etcd's tools and the keys of locks show it: hexadecimal, with a sign where it is negative. */
export function leaseHex(id: bigint): string {
  return id.toString(16);
}
