/**
 * Sessions: a lease that is kept alive for as long as its owner lives, to hang locks and keys on.
 *
 * States: open; ended, for good, in one of three ways:
 * - lost: the lease was not renewed in time, or somebody revoked it;
 * - orphaned: it is renewed no more and runs out by itself;
 * - closed: it is revoked.
 *
 * What can go wrong, and what then:
 * - Opening is given up while the lease is being granted: the lease is revoked as soon as that is settled.
 * - The lease to build on does not exist: nothing is opened.
 * - The connection is lost, the server restarts, the process sleeps: see `lease/renewal_pool.ts` and
 *   `lease/tracked_lease.ts`; the session ends when the lease may have ended.
 * - Revoking fails or takes long: `close()` gives up after the ttl, when the lease has run out anyway.
 *
 * @module
 */

import { dropLease, grant } from "./lease/calls.ts";
import { checkedLeaseId, leaseHex } from "./lease/id.ts";
import type { Renewal } from "./lease/renewal.ts";
import type { LeaseHold, LeaseRenewals } from "./lease/renewals.ts";
import { WatchfulSignal } from "./lease/watchful_signal.ts";
import { cleanUp, CLOSE_PATIENCE } from "./cleanup.ts";
import { EtcdLeaseNotFoundError } from "./errors.ts";
import { type CallOptions, ttlSeconds } from "./options.ts";
import { toPlain } from "./plain.ts";
import type { Scope } from "./scope.ts";
import { abortable } from "./timing.ts";

/** Milliseconds that a grant may still take when nobody waits for it any more. */
const GRANT_PATIENCE = 10_000;

/** What a session is built on: a new lease, or one that exists. */
export interface SessionOptions {
  /**
   * Seconds that the session outlives its process; not with `lease`.
   *
   * @default {10}
   */
  readonly ttl?: number;
  /** An existing lease instead of a new one. The session keeps it alive, and revokes it when it is closed. */
  readonly lease?: bigint;
}

/**
 * A lease that is kept alive until the session is closed. Disposing it closes it.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * await using session = await communicator.session({ ttl: 15 });
 * await communicator.put("/services/web/1", "10.0.0.7:8080", { lease: session.lease });
 * session.signal.addEventListener("abort", () => console.log("ended:", session.signal.reason.message));
 * ```
 */
export interface Session extends AsyncDisposable {
  /** The id of its lease. */
  readonly lease: bigint;
  /**
   * Aborts when the session has ended: lost (the reason is an {@linkcode EtcdLeaseNotFoundError}), orphaned or
   * closed; at a loss no later than the server can expire the lease. Its `aborted` compares the clocks first, so
   * it also tells the truth right after the process was suspended.
   */
  readonly signal: AbortSignal;
  /** Stops renewing and leaves the lease to expire, with what is on it. Disposing it afterwards does nothing. */
  orphan(): void;
  /**
   * Revokes the lease, which deletes the keys on it. Idempotent; it never rejects, and gives up after the ttl,
   * when the lease has run out by itself.
   */
  close(): Promise<void>;
}

/** {@linkcode Session} over the client's renewals. */
export class LeaseSession<V> implements Session {
  readonly lease: bigint;
  readonly #scope: Scope<V>;
  readonly #renewals: LeaseRenewals;
  readonly #hold: LeaseHold;
  /** Milliseconds. */
  readonly #ttl: number;
  readonly #watchful: WatchfulSignal;
  readonly #onLeaseEnd = () => this.#end(this.#hold.lease.signal.reason);
  #closing: Promise<void> | undefined;

  constructor(scope: Scope<V>, renewals: LeaseRenewals, id: bigint, renewal: Renewal) {
    this.lease = id;
    this.#scope = scope;
    this.#renewals = renewals;
    this.#hold = renewals.hold(id, renewal);
    this.#ttl = renewal.ttl * 1000;
    this.#watchful = new WatchfulSignal(() => this.#hold.lease.look());
    scope.resources.add(this);
    this.#hold.lease.signal.addEventListener("abort", this.#onLeaseEnd);
    this.#hold.keep();
    if (this.#hold.lease.ended) this.#onLeaseEnd();
  }

  get signal(): AbortSignal {
    return this.#watchful.signal;
  }

  orphan(): void {
    this.#end(this.#ended("it was orphaned"));
  }

  close(): Promise<void> {
    if (this.#watchful.aborted) return this.#closing ?? Promise.resolve();
    const { rpc, resources } = this.#scope;
    const patience = resources.closed ? CLOSE_PATIENCE : rpc.options.timeout || Infinity;
    this.#closing = this.revoke({ timeout: Math.min(patience, this.#ttl) }).catch(() => {});
    return this.#closing;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }

  /** Ends the session and its lease, also one that was lost here and may live on at the server; may be repeated. */
  revoke(options: CallOptions): Promise<void> {
    this.#end(this.#ended("it was closed"));
    return dropLease(this.#scope, this.#renewals, this.lease, options);
  }

  /**
   * Renews the lease a last time and keeps it alive no more: here the session is lost `ttl` seconds after that
   * renewal was sent, and the server, which counts from when it received it, does not expire the lease before.
   */
  async holdFor(ttl: number, options: CallOptions): Promise<void> {
    this.#hold.rest();
    await this.#renewals.renew(this.lease, options, ttl);
  }

  #ended(found: string): DOMException {
    return new DOMException(`Session ${leaseHex(this.lease)} has ended: ${found}`, "AbortError");
  }

  #end(reason: unknown): void {
    if (this.#watchful.aborted) return;
    this.#hold.lease.signal.removeEventListener("abort", this.#onLeaseEnd);
    this.#hold.release();
    this.#scope.resources.delete(this);
    this.#watchful.abort(reason);
  }
}

/**
 * Opens a session.
 *
 * @throws {TypeError} If both a ttl and a lease are given, or the communicator is closed.
 * @throws {RangeError} If the ttl is not a whole number of at least 1, or the lease is 0.
 * @throws {EtcdLeaseNotFoundError} If the lease to build on does not exist.
 * @throws {EtcdError} If the server refuses or cannot be reached.
 * @throws {EtcdTimeoutError} If its time ran out.
 * @throws The signal's reason, if it was aborted.
 */
export async function openSession<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  options: SessionOptions & CallOptions = {},
): Promise<LeaseSession<V>> {
  const { ttl, lease, signal, timeout } = options;
  scope.resources.assertOpen("open a session");
  if (lease !== undefined && ttl !== undefined) {
    throw new TypeError("Cannot open a session: both a ttl and a lease are given");
  }
  if (lease !== undefined) {
    const renewal = await renewals.renew(checkedLeaseId(lease), { signal, timeout });
    if (renewal.ttl > 0) return new LeaseSession(scope, renewals, lease, renewal);
    const message = `Cannot open a session: the server has no lease ${leaseHex(lease)}`;
    throw new EtcdLeaseNotFoundError(message, { reason: "LEASE_NOT_FOUND", maybeExecuted: "no" });
  }
  return await openNew(scope, renewals, ttlSeconds(ttl ?? 10), { signal, timeout });
}

async function openNew<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  ttl: number,
  { signal, timeout }: CallOptions,
): Promise<LeaseSession<V>> {
  signal?.throwIfAborted();
  // Not ended by the signal: the lease could still be granted after a revocation that overtook the grant.
  const late = new AbortController();
  const granting = grant(scope, ttl, { timeout, signal: late.signal });
  try {
    const granted = await abortable(granting, signal);
    return new LeaseSession(scope, renewals, granted.id, granted);
  } catch (error) {
    const timer = setTimeout(() => late.abort(error), GRANT_PATIENCE);
    const undone = granting.finally(() => clearTimeout(timer))
      .then(({ id }) => dropLease(scope, renewals, id, { timeout: ttl * 1000 }));
    await cleanUp(scope.resources, undone, signal?.reason);
    throw error;
  }
}
