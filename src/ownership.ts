/**
 * What a lock and a leadership have in common: a key that is ours while its lease lives, and writes that etcd
 * refuses once it is not.
 *
 * @module
 */

import { type Compare, ownerCompare } from "./compare.ts";
import { EtcdLockLostError } from "./errors.ts";
import type { Key, Selector } from "./keys.ts";
import type { DeleteOptions, DeleteResult, PutOptions, PutResult } from "./kv.ts";
import type { CallOptions } from "./options.ts";
import { toPlain } from "./plain.ts";
import type { Scope } from "./scope.ts";
import { txnCompare } from "./txn.ts";
import type { Txn } from "./txn/interface.ts";
import type {
  Branch,
  Branches,
  BranchValues,
  FailureValues,
  SuccessValues,
  TxnResult,
  TxnSucceeded,
} from "./txn/values.ts";

/**
 * A key that is ours while its lease lives. Disposing it gives it up.
 *
 * Owning a key is not mutual exclusion by itself: the process can be suspended between a look at `signal` and what
 * it then does, while somebody else becomes the owner. What must not happen twice goes through the guarded writes
 * here, or is told the fencing token and refuses older ones.
 */
export interface Ownership<V> extends AsyncDisposable {
  /** The key, seen from the communicator's namespace. */
  readonly key: string;
  /** The lease it lives on. */
  readonly lease: bigint;
  /** The create revision of the key: greater with each owner of the same name. */
  readonly fencingToken: bigint;
  /**
   * Aborts when it is lost (the reason is an {@linkcode EtcdLockLostError}) or given up; at a loss no later than
   * the server can expire the lease. Its `aborted` compares the clocks first, so it also tells the truth right
   * after the process was suspended.
   */
  readonly signal: AbortSignal;
  /**
   * The condition that it is still ours, for transactions of any communicator of the cluster: its key is absolute.
   *
   * @returns A compare of the key's create revision with the fencing token.
   */
  isOwner(): Compare;
  /**
   * Writes a key if it is still ours.
   *
   * @param key The key, in the communicator's namespace.
   * @param value The value.
   * @param options As for any put; signal and timeout.
   * @returns What became of the put.
   * @throws {EtcdLockLostError} If it is no longer ours; nothing was written.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws {TypeError} If the key is empty or the value cannot be encoded.
   * @throws The signal's reason, if it was aborted.
   */
  put(key: Key, value: V, options?: PutOptions & CallOptions): Promise<PutResult<V>>;
  /**
   * Deletes keys if it is still ours.
   *
   * @param selector One key, or a range, in the communicator's namespace.
   * @param options As for any deletion; signal and timeout.
   * @returns What became of the deletion.
   * @throws {EtcdLockLostError} If it is no longer ours; nothing was deleted.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws {TypeError} If the selector is none.
   * @throws The signal's reason, if it was aborted.
   */
  delete(selector: Selector, options?: DeleteOptions & CallOptions): Promise<DeleteResult<V>>;
  /**
   * Applies operations together if it is still ours.
   *
   * @param build Calls the operations on its argument; may return those whose values are wanted.
   * @param options Signal and timeout.
   * @returns The values of the operations.
   * @throws {EtcdLockLostError} If it is no longer ours; nothing was applied.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws {TypeError} If `build` returns a promise or an operation of another builder.
   * @throws The signal's reason, if it was aborted.
   */
  txn<const R extends Branch>(
    build: (t: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnSucceeded<BranchValues<R, V>>>;
  /**
   * Applies one of two branches, as the compares decide, if it is still ours.
   *
   * @param compares The caller's own conditions.
   * @param build Calls the operations of the branches on its arguments.
   * @param options Signal and timeout.
   * @returns Which branch was applied, and its values.
   * @throws {EtcdLockLostError} If it is no longer ours; neither branch was applied.
   * @throws {EtcdError} If the server refuses or cannot be reached.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws {TypeError} If `build` returns a promise or an operation of another builder.
   * @throws The signal's reason, if it was aborted.
   */
  txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
    options?: CallOptions,
  ): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>>;
}

/** What there is to know of an owned key. */
export interface OwnedKeyFacts {
  /** For messages: `lock "jobs"`. */
  readonly what: string;
  readonly key: string;
  readonly absoluteKey: Uint8Array;
  readonly lease: bigint;
  readonly fencingToken: bigint;
}

/** {@linkcode Ownership}, but for how it ends. */
export abstract class OwnedKey<V> implements Ownership<V> {
  readonly key: string;
  readonly lease: bigint;
  readonly fencingToken: bigint;
  readonly #scope: Scope<V>;
  readonly #what: string;
  readonly #owner: Compare;

  constructor(scope: Scope<V>, facts: OwnedKeyFacts) {
    this.key = facts.key;
    this.lease = facts.lease;
    this.fencingToken = facts.fencingToken;
    this.#scope = scope;
    this.#what = facts.what;
    this.#owner = ownerCompare(facts.absoluteKey, facts.fencingToken);
  }

  abstract get signal(): AbortSignal;
  abstract [Symbol.asyncDispose](): Promise<void>;
  /** Told when etcd says that the key is ours no more. */
  protected abstract lost(error: EtcdLockLostError): void;

  isOwner(): Compare {
    return this.#owner;
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }

  async put(key: Key, value: V, options: PutOptions & CallOptions = {}): Promise<PutResult<V>> {
    const build = (t: Txn<V>) => [t.put(key, value, options)];
    const { values } = await this.#guarded("put", build, options);
    return values[0] as PutResult<V>;
  }

  async delete(selector: Selector, options: DeleteOptions & CallOptions = {}): Promise<DeleteResult<V>> {
    const build = (t: Txn<V>) => [t.delete(selector, options)];
    const { values } = await this.#guarded("delete", build, options);
    return values[0] as DeleteResult<V>;
  }

  async txn<const R extends Branch>(
    build: (t: Txn<V>) => R,
    options: CallOptions = {},
  ): Promise<TxnSucceeded<BranchValues<R, V>>> {
    const result = await this.#guarded("run the transaction", build, options);
    return result as TxnSucceeded<BranchValues<R, V>>;
  }

  async txnCompare<const R extends Branches>(
    compares: readonly Compare[],
    build: (success: Txn<V>, failure: Txn<V>) => R,
    options: CallOptions = {},
  ): Promise<TxnResult<SuccessValues<R, V>, FailureValues<R, V>>> {
    const nested = (t: Txn<V>) => [t.txnCompare(compares, build)];
    const { values } = await this.#guarded("run the transaction", nested, options);
    return values[0] as TxnResult<SuccessValues<R, V>, FailureValues<R, V>>;
  }

  /** Runs a branch on the condition that the key is ours. */
  async #guarded(
    action: string,
    build: (t: Txn<V>) => Branch,
    { signal, timeout }: CallOptions,
  ): Promise<TxnSucceeded<unknown[]>> {
    if (this.signal.aborted) throw this.#lostError(action);
    const result = await txnCompare(this.#scope, [this.#owner], (success) => {
      const branch = build(success);
      return branch === undefined ? undefined : { success: branch };
    }, { signal, timeout });
    if (result.succeeded) return result as TxnSucceeded<unknown[]>;
    const error = this.#lostError(action);
    this.lost(error);
    throw error;
  }

  #lostError(action: string): EtcdLockLostError {
    const cause = this.signal.aborted ? this.signal.reason : undefined;
    const message = `Cannot ${action}: ${this.#what} is no longer ours`;
    return new EtcdLockLostError(message, { maybeExecuted: "no", cause });
  }
}
