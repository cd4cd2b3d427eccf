/**
 * The contract of the public surface: leases, sessions and locks. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

import type { CallOptions, Key, Selector } from "./common.ts";
import type {
  Branch,
  Branches,
  BranchValues,
  Compare,
  FailureValues,
  SuccessValues,
  Txn,
  TxnResult,
  TxnSucceeded,
} from "./transactions.ts";
import type { DeleteOptions, DeleteResult, PutOptions, PutResult } from "./values.ts";

export interface Lease extends AsyncDisposable {
  readonly id: bigint;
  /** Granted, in seconds. */
  readonly ttl: number;
  /** Aborts when the lease is lost, expired or revoked. */
  readonly signal: AbortSignal;
  keepAlive(): LeaseKeeper;
  keepAliveOnce(options?: CallOptions): Promise<number>;
  timeToLive(options?: { readonly keys?: boolean } & CallOptions): Promise<LeaseStatus>;
  revoke(options?: CallOptions): Promise<void>;
}
/** A task that renews a lease until it is closed or the lease is lost. */
export interface LeaseKeeper extends AsyncDisposable {
  readonly signal: AbortSignal;
  close(): Promise<void>;
}
export interface LeaseStatus {
  /** Seconds left; -1 when expired or unknown. */
  readonly ttl: number;
  readonly grantedTtl: number;
  readonly keys: readonly string[];
}
export interface SessionOptions {
  /** Seconds; default 10. */
  readonly ttl?: number;
  /** An existing lease instead of a new one. */
  readonly lease?: bigint;
}
export interface Session extends AsyncDisposable {
  readonly lease: bigint;
  readonly signal: AbortSignal;
  /** Stops renewing and leaves the lease to expire. */
  orphan(): void;
  close(): Promise<void>;
}
export interface LockOptions {
  /** Milliseconds to wait for the lock; default: as long as `signal` allows. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
  /** Seconds from acquisition after which the lock is released; not with `session`. */
  readonly ttl?: number;
  readonly session?: Session;
}
/** What a lock and a leadership have in common: a key that is ours while its lease lives. */
export interface Ownership<V> extends AsyncDisposable {
  readonly key: string;
  readonly lease: bigint;
  readonly fencingToken: bigint;
  /** Aborts when it is lost or given up. */
  readonly signal: AbortSignal;
  isOwner(): Compare;
  put(key: Key, value: V, options?: PutOptions & CallOptions): Promise<PutResult<V>>;
  delete(selector: Selector, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>>;
  txn<const R extends Branch>(
    build: (t: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnSucceeded<BranchValues<R, V>>>;
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;
}
export interface EtcdLock<V = string> extends Ownership<V> {
  readonly name: string;
  release(options?: CallOptions): Promise<void>;
}
