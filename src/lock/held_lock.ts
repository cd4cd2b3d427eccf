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
import { cleanUp, CLOSE_PATIENCE } from "../cleanup.ts";
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
  /** After a loss: what is left to be cleaned up. */
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
    this.#detach();
    this.#watchful.abort(new DOMException(`Lock "${this.name}" was released`, "AbortError"));
    this.#releasing ??= this.#release(options).catch((error) => {
      this.#releasing = undefined;
      throw error;
    });
    return this.#releasing;
  }

  /** The same, with the communicator, which does not wait long for a server that does not answer. */
  close(): Promise<void> {
    return this.release({ timeout: CLOSE_PATIENCE });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.release();
  }

  protected override lost(error: EtcdLockLostError): void {
    if (!this.#watchful.aborted) this.#lose(error, () => this.#holding.own?.close());
  }

  async #release(options: CallOptions): Promise<void> {
    const { own, contender, fencingToken, unclaim } = this.#holding;
    if (own !== undefined) await own.revoke(options);
    else await contender.leave(fencingToken, options);
    unclaim();
  }

  #loseSession(): void {
    if (this.#watchful.aborted) return;
    const { session, own, ttl } = this.#holding;
    const found = ttl === undefined ? "session lost" : `its ttl of ${ttl} s has passed`;
    const message = `Lock "${this.name}" is no longer ours: ${found}`;
    const error = new EtcdLockLostError(message, { maybeExecuted: "no", cause: session.signal.reason });
    // Here the ttl is over before it is at the server.
    this.#lose(error, () => ttl === undefined ? undefined : own?.revoke({ timeout: ttl * 1000 }));
  }

  #lose(error: EtcdLockLostError, tidy: () => Promise<void> | undefined): void {
    this.#detach();
    this.#releasing = cleanUp(this.#resources, tidy() ?? Promise.resolve());
    this.#holding.unclaim();
    this.#watchful.abort(error);
  }

  #detach(): void {
    this.#holding.session.signal.removeEventListener("abort", this.#onSessionEnd);
    this.#resources.delete(this);
  }
}
