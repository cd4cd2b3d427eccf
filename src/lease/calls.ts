/**
 * The calls of etcd's Lease service.
 *
 * @module
 */

import type { LeaseTimeToLiveResponse } from "../../proto/gen/lease.ts";
import { compareBytes } from "../bytes.ts";
import { EtcdError, EtcdLeaseNotFoundError } from "../errors.ts";
import { exactKey } from "../key_value.ts";
import { covers, type Keyspace, prefixSpan } from "../keys.ts";
import { type CallOptions, flag, ttlSeconds } from "../options.ts";
import { jsonable } from "../plain.ts";
import { LeaseGrant, LeaseLeases, LeaseRevoke, LeaseTimeToLive } from "../rpc/methods.ts";
import type { UnaryOptions } from "../rpc/rpc.ts";
import type { Scope } from "../scope.ts";
import { now } from "./clock.ts";
import { checkedLeaseId, leaseHex, randomLeaseId } from "./id.ts";
import type { Renewal } from "./renewal.ts";
import type { LeaseRenewals } from "./renewals.ts";
import type { LeaseStatus } from "./types.ts";

/** A lease that was just granted: for how long, and when that was asked for. */
export interface Grant extends Renewal {
  readonly id: bigint;
}

/**
 * Grants a lease under an id that is chosen here, so that a repetition cannot leave a second lease behind: of an
 * id that nobody else can have chosen, "lease already exists" says that an earlier try had worked.
 *
 * @param options An id of the caller's choice, which others may choose too and which is therefore not repeated.
 */
export async function grant<V>(
  scope: Scope<V>,
  ttl: number,
  { id: chosen = 0n, signal, timeout }: { readonly id?: bigint } & CallOptions,
): Promise<Grant> {
  const ours = chosen === 0n;
  const id = ours ? randomLeaseId() : checkedLeaseId(chosen);
  const request = { TTL: BigInt(ttlSeconds(ttl)), ID: id };
  const sentAt = now();
  try {
    const { TTL } = await scope.rpc.unary(LeaseGrant, request, { signal, timeout, idempotent: ours });
    return { id, ttl: Number(TTL), sentAt };
  } catch (error) {
    if (!ours || !(error instanceof EtcdError) || error.reason !== "LEASE_EXIST") throw error;
    const status = await ask(scope, id, { signal, timeout });
    return { id, ttl: Number(status.grantedTTL), sentAt };
  }
}

/**
 * Ends a lease and deletes the keys on it. Sent once only: a repetition could find the lease gone by the first.
 *
 * @throws {EtcdLeaseNotFoundError} If there is no such lease.
 */
export async function revokeLease<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  options: CallOptions = {},
): Promise<void> {
  scope.resources.assertOpen("revoke the lease");
  await revoke(scope, renewals, checkedLeaseId(id), { ...options, idempotent: false });
}

/** The same for who only wants it gone: repeated, and content with a lease that is gone already. */
export async function dropLease<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  options: CallOptions,
): Promise<void> {
  try {
    await revoke(scope, renewals, id, { ...options, idempotent: true });
  } catch (error) {
    if (!(error instanceof EtcdLeaseNotFoundError)) throw error;
  }
}

async function revoke<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  { signal, timeout, idempotent }: UnaryOptions,
): Promise<void> {
  try {
    await scope.rpc.unary(LeaseRevoke, { ID: id }, { signal, timeout, idempotent });
  } catch (error) {
    if (error instanceof EtcdLeaseNotFoundError) renewals.forget(id, "lost");
    throw error;
  }
  renewals.forget(id, "revoked");
}

/**
 * Renews a lease once.
 *
 * @returns The seconds it lives from now on.
 * @throws {EtcdLeaseNotFoundError} If there is no such lease.
 */
export async function keepLeaseAliveOnce<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  options: CallOptions = {},
): Promise<number> {
  scope.resources.assertOpen("renew the lease");
  const { ttl } = await renewals.renew(checkedLeaseId(id), options);
  if (ttl > 0) return ttl;
  throw new EtcdLeaseNotFoundError(`Cannot renew lease ${leaseHex(id)}: the server has no such lease`, {
    reason: "LEASE_NOT_FOUND",
    maybeExecuted: "no",
  });
}

/**
 * Asks what is left of a lease, and for the keys of the scope's namespace on it.
 *
 * @throws {EtcdDecodeError} If a key is not UTF-8.
 */
export async function leaseTimeToLive<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  options: { readonly keys?: boolean } & CallOptions = {},
): Promise<LeaseStatus> {
  scope.resources.assertOpen("ask after the lease");
  const { TTL, grantedTTL, keys } = await ask(scope, checkedLeaseId(id), options);
  if (TTL < 0) renewals.forget(id, "lost");
  return { ttl: Number(TTL), grantedTtl: Number(grantedTTL), keys: keysInside(scope.keys, keys) };
}

function ask<V>(
  scope: Scope<V>,
  id: bigint,
  { keys, signal, timeout }: { readonly keys?: boolean } & CallOptions,
): Promise<LeaseTimeToLiveResponse> {
  const request = { ID: id, keys: flag(keys, "keys") };
  return scope.rpc.unary(LeaseTimeToLive, request, { signal, timeout, idempotent: true });
}

/** In order; etcd has them in none. */
function keysInside(space: Keyspace, keys: readonly Uint8Array[]): string[] {
  const inside = space.absoluteSpan(prefixSpan(""));
  return keys.filter((key) => covers(inside, key)).sort(compareBytes)
    .map((key) => exactKey(space.relative(key)));
}

/** The ids of all leases of the cluster. */
export async function listLeases<V>(
  scope: Scope<V>,
  { signal, timeout }: CallOptions = {},
): Promise<bigint[]> {
  scope.resources.assertOpen("list the leases");
  const { leases } = await scope.rpc.unary(LeaseLeases, {}, { signal, timeout, idempotent: true });
  return jsonable(leases.map((lease) => lease.ID));
}
