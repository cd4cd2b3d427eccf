/**
 * The contract of the public surface: the communicator. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

// Nothing but the class itself stands for a class with private parts.
import type * as mod from "../../mod.ts";
import type { CallOptions, Key, Selector } from "./common.ts";
import type {
  EtcdLock,
  Lease,
  LeaseKeeper,
  LeaseStatus,
  LockOptions,
  Session,
  SessionOptions,
} from "./leases.ts";
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
import type {
  Codec,
  DeleteOptions,
  DeleteResult,
  Entries,
  EntriesOptions,
  KeyValue,
  PutOptions,
  PutResult,
  RangeResult,
  ReadOptions,
  SortOptions,
} from "./values.ts";
import type { Watcher, WatchOptions } from "./watch.ts";

export declare class EtcdCommunicator<V = string> implements AsyncDisposable {
  protected constructor();

  put(key: Key, value: V, options?: PutOptions & CallOptions): Promise<PutResult<V>>;
  /** Keeps the value and changes only the lease (etcd's ignore_value); 0n detaches it. */
  setLease(key: Key, lease: bigint, options?: CallOptions): Promise<PutResult<V>>;
  get(key: Key, options?: ReadOptions & CallOptions): Promise<V | null>;
  getEntry(key: Key, options?: ReadOptions & CallOptions): Promise<KeyValue<V> | null>;
  getPrefix(prefix: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<Map<string, V>>;
  getRange(start: Key, end: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<Map<string, V>>;
  keysPrefix(prefix: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<string[]>;
  keysRange(start: Key, end: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<string[]>;
  range(
    selector: Selector,
    options: ReadOptions & SortOptions & CallOptions & { readonly keysOnly: true },
  ): Promise<RangeResult<null>>;
  range(selector: Selector, options?: ReadOptions & SortOptions & CallOptions): Promise<RangeResult<V>>;
  entries(
    selector: Selector,
    options: EntriesOptions & CallOptions & { readonly keysOnly: true },
  ): Entries<null>;
  entries(selector: Selector, options?: EntriesOptions & CallOptions): Entries<V>;
  count(selector: Selector, options?: ReadOptions & CallOptions): Promise<number>;
  delete(selector: Selector, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>>;
  deletePrefix(prefix: Key, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>>;
  deleteRange(start: Key, end: Key, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>>;
  compact(revision: bigint, options?: { readonly physical?: boolean } & CallOptions): Promise<void>;

  txn<const R extends Branch>(
    build: (t: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnSucceeded<BranchValues<R, V>>>;
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;

  watch(selector: Selector, options?: WatchOptions): Watcher<V>;
  watchPrefix(prefix: Key, options?: WatchOptions): Watcher<V>;
  watchRange(start: Key, end: Key, options?: WatchOptions): Watcher<V>;

  /** `ttl` in seconds. */
  grantLease(ttl: number, options?: { readonly id?: bigint } & CallOptions): Promise<Lease>;
  revokeLease(id: bigint, options?: CallOptions): Promise<void>;
  keepLeaseAlive(id: bigint, options?: { readonly signal?: AbortSignal }): LeaseKeeper;
  keepLeaseAliveOnce(id: bigint, options?: CallOptions): Promise<number>;
  leaseTimeToLive(id: bigint, options?: { readonly keys?: boolean } & CallOptions): Promise<LeaseStatus>;
  listLeases(options?: CallOptions): Promise<bigint[]>;

  lock(name: string, options?: LockOptions): Promise<EtcdLock<V>>;
  tryLock(name: string, options?: LockOptions): Promise<EtcdLock<V> | null>;
  session(options?: SessionOptions & CallOptions): Promise<Session>;

  namespace(prefix: Key): mod.EtcdCommunicator<V>;
  withCodec<T>(codec: Codec<T>): mod.EtcdCommunicator<T>;

  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** What `withLock` gives; disposing it releases the lock. Only `held.*` is guarded by it. */
export declare class LockedCommunicator<V = string> extends EtcdCommunicator<V> {
  readonly held: EtcdLock<V>;
}
