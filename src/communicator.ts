/**
 * The one object users hold. It delegates and decides nothing.
 *
 * @module
 */

import { checkedCodec, type Codec } from "./codec.ts";
import type { Compare } from "./compare.ts";
import type { Connected } from "./connected.ts";
import { type Entries, entries, type EntriesOptions } from "./entries.ts";
import { between, type Key, type Keyspace, prefixSpan, type Selector, spanOf } from "./keys.ts";
import type { KeyValue } from "./key_value.ts";
import * as kv from "./kv.ts";
import type {
  DeleteOptions,
  DeleteResult,
  PutOptions,
  PutResult,
  RangeResult,
  ReadOptions,
  SortOptions,
} from "./kv.ts";
import * as leases from "./lease.ts";
import type { Lease, LeaseKeeper, LeaseStatus } from "./lease.ts";
import * as locks from "./lock.ts";
import type { EtcdLock, LockOptions } from "./lock.ts";
import type { CallOptions } from "./options.ts";
import { Resources } from "./resources.ts";
import type { Scope } from "./scope.ts";
import { openSession, type Session, type SessionOptions } from "./session.ts";
import * as txns from "./txn.ts";
import type { Branch, Branches, BranchValues, FailureValues, SuccessValues } from "./txn.ts";
import type { Txn, TxnResult, TxnSucceeded } from "./txn.ts";
import { watch, type Watcher, type WatchOptions } from "./watch.ts";

/** What a communicator is made of. */
interface Inside<V> {
  readonly scope: Scope<V>;
  readonly connected: Connected;
  /** What is left to do when it closes; nothing for a view. */
  readonly close: () => Promise<void>;
}

let create: <V>(inside: Inside<V>) => EtcdCommunicator<V>;
let insideOf: <V>(communicator: EtcdCommunicator<V>) => Inside<V>;
let createLocked: <V>(plain: EtcdCommunicator<V>, held: EtcdLock<V>) => LockedCommunicator<V>;

/**
 * Everything that can be done with a connected etcd; made by `EtcdClient.connect()`.
 *
 * Every method that calls etcd rejects with an `EtcdError` when etcd or the way to it fails, with an
 * `EtcdTimeoutError` when its `timeout` runs out, with the `signal`'s reason when that is aborted, and with a
 * `TypeError` or `RangeError`, before anything is sent, when it is misused.
 *
 * States: open, until `close()`. Views made by `namespace()` and `withCodec()` live as long as it does.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * await communicator.put("/colours/red", "#f00");
 * await communicator.put("/colours/blue", "#00f");
 *
 * for (const [key, value] of await communicator.getPrefix("/colours/")) console.log(key, value);
 * for await (const { key, version } of communicator.entries({ all: true })) console.log(key, version);
 *
 * const { values } = await communicator.txn((t) => [t.delete("/colours/red"), t.get("/colours/blue")]);
 * console.log(values[0].deleted, values[1]); // 1 "#00f"
 * ```
 *
 * @typeParam V What values are, after the codec.
 */
export class EtcdCommunicator<V = string> implements AsyncDisposable {
  readonly #inside: Inside<V>;

  /**
   * Communicators come from `EtcdClient.connect()`.
   *
   * @param inside Not for users.
   */
  protected constructor(inside: unknown) {
    this.#inside = inside as Inside<V>;
  }

  /**
   * Puts a value.
   *
   * @param key Text or bytes; not empty.
   * @param value What the codec takes.
   * @param options Signal, timeout, lease, and whether to return what was there.
   * @returns The revision of the change.
   * @throws {EtcdLeaseNotFoundError} If there is no such lease.
   * @throws {EtcdNoSpaceError} If the server's quota is reached.
   */
  put(key: Key, value: V, options?: PutOptions & CallOptions): Promise<PutResult<V>> {
    return kv.put(this.#scope, key, value, options);
  }

  /**
   * Changes the lease of a key and keeps its value (etcd's `ignore_value`).
   *
   * @param key Text or bytes; not empty.
   * @param lease The lease to live on; `0n` detaches the key.
   * @param options Signal and timeout.
   * @returns The revision of the change.
   * @throws {EtcdInvalidArgumentError} If there is no such key.
   * @throws {EtcdLeaseNotFoundError} If there is no such lease.
   */
  setLease(key: Key, lease: bigint, options?: CallOptions): Promise<PutResult<V>> {
    return kv.setLease(this.#scope, key, lease, options);
  }

  /**
   * Reads a value.
   *
   * @param key Text or bytes; not empty.
   * @param options Signal, timeout, and how to read.
   * @returns The value; null where there is no such key.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  get(key: Key, options?: ReadOptions & CallOptions): Promise<V | null> {
    return kv.get(this.#scope, key, options);
  }

  /**
   * Reads a key with its revisions.
   *
   * @param key Text or bytes; not empty.
   * @param options Signal, timeout, and how to read.
   * @returns The key; null where there is none.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  getEntry(key: Key, options?: ReadOptions & CallOptions): Promise<KeyValue<V> | null> {
    return kv.getEntry(this.#scope, key, options);
  }

  /**
   * Reads the values of all keys with a prefix, in one request.
   *
   * @param prefix What the keys begin with; empty for every key.
   * @param options Signal, timeout, and how to read.
   * @returns The values by key, in the order asked for.
   * @throws {EtcdDecodeError} If the codec refuses a value, or a key is not UTF-8.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  getPrefix(prefix: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<Map<string, V>> {
    return kv.getPrefix(this.#scope, prefix, options);
  }

  /**
   * Reads the values of a range of keys, in one request.
   *
   * @param start The first key.
   * @param end The first key after them.
   * @param options Signal, timeout, and how to read.
   * @returns The values by key, in the order asked for.
   * @throws {EtcdDecodeError} If the codec refuses a value, or a key is not UTF-8.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  getRange(start: Key, end: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<Map<string, V>> {
    return kv.getRange(this.#scope, start, end, options);
  }

  /**
   * Lists the keys with a prefix, in one request, without their values.
   *
   * @param prefix What the keys begin with; empty for every key.
   * @param options Signal, timeout, and how to read.
   * @returns The keys, in the order asked for.
   * @throws {EtcdDecodeError} If a key is not UTF-8.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  keysPrefix(prefix: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<string[]> {
    return kv.keysPrefix(this.#scope, prefix, options);
  }

  /**
   * Lists a range of keys, in one request, without their values.
   *
   * @param start The first key.
   * @param end The first key after them.
   * @param options Signal, timeout, and how to read.
   * @returns The keys, in the order asked for.
   * @throws {EtcdDecodeError} If a key is not UTF-8.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  keysRange(start: Key, end: Key, options?: ReadOptions & SortOptions & CallOptions): Promise<string[]> {
    return kv.keysRange(this.#scope, start, end, options);
  }

  /**
   * Reads keys with everything etcd says of them, but without their values.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout, and how to read.
   * @returns The keys, their number, and the revision they were read at.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  range(
    selector: Selector,
    options: ReadOptions & SortOptions & CallOptions & { readonly keysOnly: true },
  ): Promise<RangeResult<null>>;
  /**
   * Reads keys with everything etcd says of them.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout, and how to read.
   * @returns The keys, their number, and the revision they were read at.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  range(selector: Selector, options?: ReadOptions & SortOptions & CallOptions): Promise<RangeResult<V>>;
  range(
    selector: Selector,
    options?: ReadOptions & SortOptions & CallOptions & { readonly keysOnly?: boolean },
  ): Promise<RangeResult<V | null>> {
    return kv.range(this.#scope, selector, options);
  }

  /**
   * Reads a range of any size, without the values, at one revision and in bounded memory.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout of a page, and how to read.
   * @returns An iteration in key order, for one use.
   */
  entries(
    selector: Selector,
    options: EntriesOptions & CallOptions & { readonly keysOnly: true },
  ): Entries<null>;
  /**
   * Reads a range of any size at one revision and in bounded memory. The iteration rejects with
   * `EtcdCompactedError` if that revision is compacted midway.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout of a page, and how to read.
   * @returns An iteration in key order, for one use.
   */
  entries(selector: Selector, options?: EntriesOptions & CallOptions): Entries<V>;
  entries(selector: Selector, options?: EntriesOptions & CallOptions): Entries<V | null> {
    return entries(this.#scope, selector, options);
  }

  /**
   * Counts keys; the revision filters do not matter to it.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout, and how to read.
   * @returns How many there are.
   * @throws {EtcdCompactedError} If the revision was compacted away.
   */
  count(selector: Selector, options?: ReadOptions & CallOptions): Promise<number> {
    return kv.count(this.#scope, selector, options);
  }

  /**
   * Deletes a key or a range of keys.
   *
   * @param selector A key or a range.
   * @param options Signal, timeout, and whether to return what was there.
   * @returns How many there were.
   */
  delete(selector: Selector, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>> {
    return kv.deleteKeys(this.#scope, selector, options);
  }

  /**
   * Deletes all keys with a prefix, and no other: `"/a/"` never touches `/ab`.
   *
   * @param prefix What the keys begin with; empty for every key.
   * @param options Signal, timeout, and whether to return what was there.
   * @returns How many there were.
   */
  deletePrefix(prefix: Key, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>> {
    return kv.deletePrefix(this.#scope, prefix, options);
  }

  /**
   * Deletes a range of keys.
   *
   * @param start The first key.
   * @param end The first key after them.
   * @param options Signal, timeout, and whether to return what was there.
   * @returns How many there were.
   */
  deleteRange(start: Key, end: Key, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>> {
    return kv.deleteRange(this.#scope, start, end, options);
  }

  /**
   * Drops what is older than a revision; reads and watches from before it then fail.
   *
   * @param revision The oldest revision to keep.
   * @param options Signal, timeout, and `physical`: whether to wait until it is gone from disk.
   * @throws {EtcdCompactedError} If it is compacted already.
   * @throws {EtcdOutOfRangeError} If it lies in the future.
   */
  compact(revision: bigint, options?: { readonly physical?: boolean } & CallOptions): Promise<void> {
    return kv.compact(this.#scope, revision, options);
  }

  /**
   * Runs operations together: all of them, at one revision, or none.
   *
   * @param build Calls the operations on the builder it is given; where it returns some of them, `values` holds
   * exactly those.
   * @param options Signal and timeout.
   * @returns What the operations yielded.
   * @throws {EtcdInvalidArgumentError} If there are more operations than the server allows, or a key is written twice.
   * @throws {TypeError} If the builder returns a promise or an operation of another builder.
   */
  txn<const R extends Branch>(
    build: (t: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnSucceeded<BranchValues<R, V>>> {
    return txns.txn(this.#scope, build, options);
  }

  /**
   * Runs one of two branches, by whether all comparisons hold.
   *
   * @param compares What to compare; none always holds.
   * @param build Calls the operations of both branches on the builders it is given; where it returns some of them
   * as `{ success, failure }`, `values` holds exactly those.
   * @param options Signal and timeout.
   * @returns Which branch ran, and what its operations yielded.
   * @throws {EtcdInvalidArgumentError} If there are more operations than the server allows, or a key is written twice.
   * @throws {TypeError} If the builder returns a promise or an operation of another builder.
   */
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>> {
    return txns.txnCompare(this.#scope, compares, build, options);
  }

  /**
   * Follows the changes of a key or a range, from now on. The watch starts here, not when it is first read.
   *
   * @param selector A key or a range.
   * @param options Where to start, what to leave out, and how much to hold for a slow reader.
   * @returns The changes, once each and in order.
   * @throws {TypeError} If the keys are none, an option is of the wrong kind, or the communicator is closed.
   * @throws {RangeError} If a number lies outside its range, or the range has no keys.
   */
  watch(selector: Selector, options?: WatchOptions): Watcher<V> {
    return watch(this.#scope, this.#inside.connected.watches, spanOf(selector), options);
  }

  /**
   * Follows the changes of all keys with a prefix.
   *
   * @param prefix What the keys begin with; empty for every key.
   * @param options Where to start, what to leave out, and how much to hold for a slow reader.
   * @returns The changes, once each and in order.
   * @throws {TypeError} If the keys are none, an option is of the wrong kind, or the communicator is closed.
   * @throws {RangeError} If a number lies outside its range, or the range has no keys.
   */
  watchPrefix(prefix: Key, options?: WatchOptions): Watcher<V> {
    return watch(this.#scope, this.#inside.connected.watches, prefixSpan(prefix), options);
  }

  /**
   * Follows the changes of a range of keys.
   *
   * @param start The first key.
   * @param end The first key after them.
   * @param options Where to start, what to leave out, and how much to hold for a slow reader.
   * @returns The changes, once each and in order.
   * @throws {TypeError} If the keys are none, an option is of the wrong kind, or the communicator is closed.
   * @throws {RangeError} If a number lies outside its range, or the range has no keys.
   */
  watchRange(start: Key, end: Key, options?: WatchOptions): Watcher<V> {
    return watch(this.#scope, this.#inside.connected.watches, between(start, end), options);
  }

  /**
   * Makes a lease: keys put on it go when it ends. It is not renewed by itself.
   *
   * @param ttl Whole seconds, at least 1; the server may grant more.
   * @param options Signal, timeout, and an id of your own choice.
   * @returns The lease; disposing it revokes it.
   * @throws {EtcdBadRequestError} If the id is taken.
   */
  grantLease(ttl: number, options?: { readonly id?: bigint } & CallOptions): Promise<Lease> {
    return leases.grantLease(this.#scope, this.#inside.connected.renewals, ttl, options);
  }

  /**
   * Ends a lease and deletes its keys.
   *
   * @param id The lease.
   * @param options Signal and timeout.
   * @throws {EtcdLeaseNotFoundError} If there is no such lease.
   */
  revokeLease(id: bigint, options?: CallOptions): Promise<void> {
    return leases.revokeLease(this.#scope, this.#inside.connected.renewals, id, options);
  }

  /**
   * Renews a lease until the keeper is closed or the lease is lost.
   *
   * @param id The lease.
   * @param options A signal that ends the renewal.
   * @returns The keeper; its signal tells of the loss.
   * @throws {TypeError} If the communicator is closed, or the id is not a bigint.
   * @throws {RangeError} If the id is 0 or has more than 64 bits.
   * @throws The signal's reason, if it was aborted already.
   */
  keepLeaseAlive(id: bigint, options?: { readonly signal?: AbortSignal }): LeaseKeeper {
    return leases.keepLeaseAlive(this.#scope, this.#inside.connected.renewals, id, options);
  }

  /**
   * Renews a lease once.
   *
   * @param id The lease.
   * @param options Signal and timeout.
   * @returns Its time to live from now, in seconds.
   * @throws {EtcdLeaseNotFoundError} If there is no such lease.
   */
  keepLeaseAliveOnce(id: bigint, options?: CallOptions): Promise<number> {
    return leases.keepLeaseAliveOnce(this.#scope, this.#inside.connected.renewals, id, options);
  }

  /**
   * Tells what is left of a lease.
   *
   * @param id The lease.
   * @param options Signal, timeout, and whether to list its keys.
   * @returns Seconds left and granted; -1 left for a lease that is gone.
   */
  leaseTimeToLive(id: bigint, options?: { readonly keys?: boolean } & CallOptions): Promise<LeaseStatus> {
    return leases.leaseTimeToLive(this.#scope, this.#inside.connected.renewals, id, options);
  }

  /**
   * Lists the cluster's leases.
   *
   * @param options Signal and timeout.
   * @returns Their ids.
   */
  listLeases(options?: CallOptions): Promise<bigint[]> {
    return leases.listLeases(this.#scope, options);
  }

  /**
   * Waits for a lock, in order of arrival. Giving up leaves nothing in the queue.
   *
   * @param name Contenders for the same name exclude each other.
   * @param options How long to wait, and for how long to hold.
   * @returns The lock; disposing it releases it.
   * @throws {EtcdTimeoutError} If `timeout` passes first.
   * @throws {EtcdLockLostError} If the session ended while waiting.
   * @throws {TypeError} If the session holds this lock already, or `ttl` comes with `session`.
   */
  lock(name: string, options?: LockOptions): Promise<EtcdLock<V>> {
    return locks.lock(this.#scope, this.#inside.connected, name, options);
  }

  /**
   * Takes a lock if it is free.
   *
   * @param name Contenders for the same name exclude each other.
   * @param options For how long to hold.
   * @returns The lock; null, with nothing left behind, if another holds it.
   * @throws {TypeError} If the session holds this lock already, or `ttl` comes with `session`.
   */
  tryLock(name: string, options?: LockOptions): Promise<EtcdLock<V> | null> {
    return locks.tryLock(this.#scope, this.#inside.connected, name, options);
  }

  /**
   * Opens a session: a lease that is renewed until it is closed.
   *
   * @param options Its ttl or its lease, signal and timeout.
   * @returns The session; its signal tells of the loss.
   * @throws {EtcdLeaseNotFoundError} If there is no such lease.
   */
  session(options?: SessionOptions & CallOptions): Promise<Session> {
    return openSession(this.#scope, this.#inside.connected.renewals, options);
  }

  /**
   * A view of the keys with a prefix, seen without it. Nothing outside of it is read, written, watched or locked.
   * Disposing the view does nothing.
   *
   * @param prefix Added to every key on its way in and taken off on its way out.
   * @returns The view.
   * @throws {TypeError} If the prefix has an unpaired surrogate.
   */
  namespace(prefix: Key): EtcdCommunicator<V> {
    return this.#view({ ...this.#scope, keys: this.#scope.keys.below(prefix) });
  }

  /**
   * A view with other values. Disposing the view does nothing.
   *
   * @param codec How values become bytes and come back.
   * @returns The view.
   * @throws {TypeError} If the codec is none.
   */
  withCodec<T>(codec: Codec<T>): EtcdCommunicator<T> {
    return this.#view({ ...this.#scope, codec: checkedCodec(codec) });
  }

  /**
   * Ends the communicator's watchers and keepers, releases its locks and closes its sessions; leaves leases alone.
   * The last communicator of a client closes its connections. Idempotent; never rejects.
   */
  close(): Promise<void> {
    return this.#inside.close();
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  get #scope(): Scope<V> {
    return this.#inside.scope;
  }

  #view<T>(scope: Scope<T>): EtcdCommunicator<T> {
    return create({ ...this.#inside, scope, close: () => Promise.resolve() });
  }

  static {
    create = (inside) => new EtcdCommunicator(inside);
    insideOf = (communicator) => communicator.#inside;
  }
}

/** A communicator that holds a lock; disposing it releases the lock. Only what `held` does is guarded by it. */
export class LockedCommunicator<V = string> extends EtcdCommunicator<V> {
  static {
    createLocked = (plain, held) => new LockedCommunicator(insideOf(plain), held);
  }

  /** The lock. Its `put`, `delete`, `txn` and `txnCompare` do nothing once it is lost. */
  readonly held: EtcdLock<V>;

  /**
   * Locked communicators come from `EtcdClient.withLock()`.
   *
   * @param inside Not for users.
   * @param held The lock.
   */
  protected constructor(inside: unknown, held: EtcdLock<V>) {
    super(inside);
    this.held = held;
  }
}

/**
 * Makes a communicator.
 *
 * @param connected The client's connections; the caller has counted itself in.
 * @param release Called once, after what the communicator opened has been closed.
 */
export function communicator<V>(
  connected: Connected,
  keys: Keyspace,
  codec: Codec<V>,
  release: () => Promise<void>,
): EtcdCommunicator<V> {
  const resources = new Resources();
  let closing: Promise<void> | undefined;
  const close = () => closing ??= resources.close().then(release);
  return create({ scope: { rpc: connected.rpc, keys, codec, resources }, connected, close });
}

/** Makes a communicator of one that holds a lock; closing either closes both. */
export function lockedCommunicator<V>(plain: EtcdCommunicator<V>, held: EtcdLock<V>): LockedCommunicator<V> {
  return createLocked(plain, held);
}
