/**
 * What ends the wait for a place at the head of a queue.
 *
 * States: waiting; over, because the caller's time ran out, the caller gave up, the session was lost, or the
 * communicator is being closed; released, when nobody waits any more.
 *
 * @module
 */

import { EtcdCancelledError, EtcdLockLostError, EtcdTimeoutError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import type { Resources } from "../resources.ts";
import { CallLife } from "../rpc/call_life.ts";
import type { Session } from "../session.ts";

/** One wait. */
export class Wait {
  readonly #action: string;
  readonly #resources: Resources;
  readonly #ended = new AbortController();
  readonly #life: CallLife;
  readonly #onSessionEnd = () => this.#loseSession();
  #session: Session | undefined;
  #settle: () => void = () => {};
  readonly #settled = new Promise<void>((resolve) => this.#settle = resolve);

  /**
   * @param action What is waited for, for messages: `Cannot acquire lock "jobs"`.
   * @throws The signal's reason, if it was aborted already.
   */
  constructor(action: string, options: CallOptions, resources: Resources) {
    this.#action = action;
    this.#resources = resources;
    this.#life = new CallLife(options, 0, this.#ended.signal);
    resources.add(this);
  }

  /** Aborts when the wait is over. */
  get signal(): AbortSignal {
    return this.#life.signal;
  }

  /** Ends the wait with the session. */
  endWith(session: Session): void {
    this.#session = session;
    session.signal.addEventListener("abort", this.#onSessionEnd);
    if (session.signal.aborted) this.#loseSession();
  }

  /** Ends the wait for the communicator, and waits until it has been cleaned up after. */
  close(): Promise<void> {
    this.#ended.abort(this.#communicatorClosed());
    return this.#settled;
  }

  /** Nobody waits any more. */
  release(): void {
    this.#life.release();
    this.#session?.signal.removeEventListener("abort", this.#onSessionEnd);
    this.#resources.delete(this);
    this.#settle();
  }

  /** What to reject with: the typed error where time ran out. */
  failure(error: unknown): unknown {
    if (!this.#life.timedOut) return error;
    const message = `${this.#action} within ${this.#life.timeout} ms`;
    return new EtcdTimeoutError(message, { maybeExecuted: "no" });
  }

  /** The error of a session that ended. */
  sessionLost(): EtcdLockLostError {
    const options = { maybeExecuted: "no", cause: this.#session?.signal.reason } as const;
    return new EtcdLockLostError(`${this.#action}: session lost`, options);
  }

  #loseSession(): void {
    this.#ended.abort(this.#resources.closed ? this.#communicatorClosed() : this.sessionLost());
  }

  #communicatorClosed(): EtcdCancelledError {
    const message = `${this.#action}: the communicator was closed`;
    return new EtcdCancelledError(message, { maybeExecuted: "no" });
  }
}
