/**
 * What callers see of leases.
 *
 * @module
 */

import type { CallOptions } from "../options.ts";

/**
 * A time to live that keys can be put under: when it ends, they are deleted. Disposing it revokes it.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * await using lease = await communicator.grantLease(30);
 * await using _keeper = lease.keepAlive();
 * await communicator.put("/services/web/1", "10.0.0.7:8080", { lease: lease.id });
 * ```
 */
export interface Lease extends AsyncDisposable {
  /** The id, chosen at random unless one was given. */
  readonly id: bigint;
  /** Granted, in seconds; the server raises what is very small. */
  readonly ttl: number;
  /**
   * Aborts when the lease is lost, revoked by this client, or `ttl` has passed since this client last renewed it,
   * which is no later than the server can expire it. Its `aborted` compares the clocks first, so it also tells the
   * truth right after the process was suspended. When the client is closed it aborts too, since nobody watches
   * the lease any more; the lease itself is left alone then.
   */
  readonly signal: AbortSignal;
  /**
   * Renews the lease in the background.
   *
   * @returns What ends the renewal when it is closed.
   * @throws {TypeError} If the communicator is closed.
   */
  keepAlive(): LeaseKeeper;
  /**
   * Renews the lease once.
   *
   * @param options Signal and timeout.
   * @returns The seconds it lives from now on.
   * @throws {EtcdLeaseNotFoundError} If the lease has ended.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The signal's reason, if it was aborted.
   */
  keepAliveOnce(options?: CallOptions): Promise<number>;
  /**
   * Asks the server what is left of the lease.
   *
   * @param options Whether to list the keys on it; signal and timeout.
   * @returns What is left; a `ttl` of -1 where the lease has ended.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The signal's reason, if it was aborted.
   */
  timeToLive(options?: { readonly keys?: boolean } & CallOptions): Promise<LeaseStatus>;
  /**
   * Ends the lease and deletes the keys on it. Harmless where it has ended already.
   *
   * @param options Signal and timeout.
   * @throws {EtcdError} If the server refuses or cannot be reached; the lease then runs out by itself, unless it
   * is kept alive.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The signal's reason, if it was aborted.
   */
  revoke(options?: CallOptions): Promise<void>;
}

/**
 * Renews a lease until it is closed or the lease is lost: every third of the ttl, through lost connections,
 * restarts, leader changes and expired tokens. Closing it leaves the lease to expire.
 */
export interface LeaseKeeper extends AsyncDisposable {
  /**
   * Aborts when the lease is no longer kept: it was lost (the reason is an {@linkcode EtcdLeaseNotFoundError}),
   * revoked by this client, or the keeper was closed. Its `aborted` compares the clocks first.
   */
  readonly signal: AbortSignal;
  /** Stops renewing. Idempotent. */
  close(): Promise<void>;
}

/** What is left of a lease. */
export interface LeaseStatus {
  /** Seconds left; 0 may still be alive, -1 when it has expired or never existed. */
  readonly ttl: number;
  /** Granted, in seconds; 0 where there is no such lease. */
  readonly grantedTtl: number;
  /** The keys on it, where they were asked for; in a namespace only those inside, seen from there. */
  readonly keys: readonly string[];
}
