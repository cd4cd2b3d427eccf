/**
 * A lock in the hands of its holder.
 *
 * States: held; ended, for good, in one of these ways:
 * - released by its holder, or with the communicator;
 * - lost: its session was, or etcd said that its key is gone;
 * - over: its `ttl` has passed since the acquisition.
 *
 * What can go wrong, and what then:
 * - Releasing fails: it can be tried again; on a session of its own, which is renewed no more, the lock is free
 *   within the ttl in any case.
 * - The session is lost: the lock is lost at the same moment, and releasing it does nothing.
 * - Its key is gone, but not the session (somebody deleted it): the next guarded write finds out.
 * - The process sleeps through the ttl: `signal` looks at the clocks before it answers.
 *
 * @module
 */

import { EtcdLockLostError } from "../errors.ts";
import { WatchfulSignal } from "../lease/watchful_signal.ts";
import type { CallOptions } from "../options.ts";
import { OwnedKey } from "../ownership.ts";
import type { Resources } from "../resources.ts";
import type { Scope } from "../scope.ts";
import type { LeaseSession, Session } from "../session.ts";
import { cleanUp } from "./cleanup.ts";
import type { Contender } from "./queue.ts";
import type { EtcdLock } from "./types.ts";

/** What a lock is held with. */
export interface Holding<V> {
  readonly name: string;
  readonly contender: Contender;
  readonly fencingToken: bigint;
  readonly session: Session;
  /** The same session, where it is the lock's own and ends with it. */
  readonly own: LeaseSession<V> | undefined;
  /** Seconds after which it is over. */
  readonly ttl: number | undefined;
  /** Gives up the claim on the key. */
  readonly unclaim: () => void;
}

/** {@linkcode EtcdLock} on a session. */
export class HeldLock<V> extends OwnedKey<V> implements EtcdLock<V> {
  readonly name: string;
  readonly #resources: Resources;
  readonly #holding: Holding<V>;
  readonly #onSessionEnd = () => this.#loseSession();
  readonly #watchful = new WatchfulSignal(() => {
    if (this.#holding.session.signal.aborted) this.#loseSession();
  });
  /** There is nothing to release: the key has gone, or goes by itself. */
  #gone = false;
  #releasing: Promise<void> | undefined;

  constructor(scope: Scope<V>, holding: Holding<V>) {
    const { name, contender, fencingToken, session } = holding;
    const { key, absoluteKey } = contender;
    super(scope, { what: `lock "${name}"`, key, absoluteKey, lease: session.lease, fencingToken });
    this.name = name;
    this.#resources = scope.resources;
    this.#holding = holding;
    this.#resources.add(this);
    session.signal.addEventListener("abort", this.#onSessionEnd);
  }

  get signal(): AbortSignal {
    return this.#watchful.signal;
  }

  release(options: CallOptions = {}): Promise<void> {
    this.#end(new DOMException(`Lock "${this.name}" was released`, "AbortError"));
    this.#releasing ??= this.#release(options).catch((error) => {
      this.#releasing = undefined;
      throw error;
    });
    return this.#releasing;
  }

  /** The same, with the communicator. */
  close(): Promise<void> {
    return this.release();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  protected override lost(error: EtcdLockLostError): void {
    this.#lose(error);
    const { own } = this.#holding;
    if (own !== undefined) cleanUp(this.#resources, own.close(), 0);
  }

  async #release(options: CallOptions): Promise<void> {
    const { own, session, contender, fencingToken, unclaim } = this.#holding;
    if (this.#gone) return;
    if (own !== undefined) await own.revoke(options);
    else if (!session.signal.aborted) await contender.leave(fencingToken, options);
    unclaim();
  }

  #loseSession(): void {
    const { session, own, ttl } = this.#holding;
    const found = ttl === undefined ? "session lost" : `its ttl of ${ttl} s has passed`;
    const { reason } = session.signal;
    const options = { maybeExecuted: "no", cause: reason } as const;
    this.#lose(new EtcdLockLostError(`Lock "${this.name}" is no longer ours: ${found}`, options));
    if (own !== undefined && ttl !== undefined) {
      cleanUp(this.#resources, own.revoke({ timeout: ttl * 1000 }), 0);
    }
  }

  #lose(error: EtcdLockLostError): void {
    this.#gone = true;
    this.#end(error);
    this.#holding.unclaim();
  }

  #end(reason: unknown): void {
    if (this.#watchful.aborted) return;
    this.#holding.session.signal.removeEventListener("abort", this.#onSessionEnd);
    this.#resources.delete(this);
    this.#watchful.abort(reason);
  }
}
