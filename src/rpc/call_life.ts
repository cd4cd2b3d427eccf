/**
 * How long a call may go on: until its time has run out, its caller gives up, or the client is closed.
 *
 * @module
 */

import { type CallOptions, milliseconds } from "../options.ts";

/**
 * The life of one call. States: running, then over, for the reason of its signal or because it was released.
 * Timer and listeners exist only once somebody has asked for the signal: most calls end before they wait.
 */
export class CallLife {
  /** The caller's signal. */
  readonly caller: AbortSignal | undefined;
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
  readonly #closed: AbortSignal;
  readonly #end: number;
  #controller: AbortController | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #timedOut = false;

  /**
   * @param options The caller's signal and timeout.
   * @param timeout Milliseconds where the caller gives none; 0 for none.
   * @param closed Aborts when the client is closed.
   * @throws {TypeError} If the caller's timeout is no number.
   * @throws {RangeError} If it is negative or NaN.
   * @throws The signal's reason, if it is aborted already.
   */
  constructor(options: CallOptions, timeout: number, closed: AbortSignal) {
    this.timeout = options.timeout === undefined ? timeout : milliseconds(options.timeout, "timeout");
    this.caller = options.signal;
    this.caller?.throwIfAborted();
    closed.throwIfAborted();
    this.#closed = closed;
    this.#end = this.timeout === 0 ? Infinity : performance.now() + this.timeout;
  }

  /** Aborts when the call is to end. */
  get signal(): AbortSignal {
    return (this.#controller ??= this.#watch()).signal;
  }

  /** Whether the call ended, or has to, because its time ran out. */
  get timedOut(): boolean {
    return this.#timedOut || performance.now() >= this.#end;
  }

  /** Whether the call was given up, by its caller or with the client. */
  get givenUp(): boolean {
    return this.#closed.aborted || this.caller?.aborted === true;
  }

  /** Why it was given up. */
  get reason(): unknown {
    return this.caller?.aborted ? this.caller.reason : this.#closed.reason;
  }

  /** Milliseconds left, at least 1; 0 without a timeout. */
  get remaining(): number {
    return this.timeout === 0 ? 0 : Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  /** Takes down its timer and listeners. */
  release(): void {
    if (this.#controller === undefined) return;
    clearTimeout(this.#timer);
    this.caller?.removeEventListener("abort", this.#onAbort);
    this.#closed.removeEventListener("abort", this.#onAbort);
  }

  readonly #onAbort = (event: Event): void => {
    this.#controller?.abort((event.target as AbortSignal).reason);
  };

  #watch(): AbortController {
    const controller = new AbortController();
    if (this.givenUp) controller.abort(this.reason);
    this.caller?.addEventListener("abort", this.#onAbort);
    this.#closed.addEventListener("abort", this.#onAbort);
    if (this.timeout > 0) {
      this.#timer = setTimeout(() => {
        this.#timedOut = true;
        controller.abort(new DOMException("the call ran out of time", "TimeoutError"));
      }, this.remaining);
    }
    return controller;
  }
}
