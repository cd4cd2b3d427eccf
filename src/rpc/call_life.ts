/**
 * How long a call may go on: until its time has run out, its caller gives up, or the client is closed.
 *
 * @module
 */

import { milliseconds } from "../options.ts";
import type { CallOptions } from "../options.ts";

/** The life of one call. States: running, then over, for the reason of its signal or because it was released. */
export class CallLife {
  readonly #controller = new AbortController();
  readonly #sources: readonly AbortSignal[];
  readonly #onAbort: (event: Event) => void;
  readonly #timer: ReturnType<typeof setTimeout> | undefined;
  readonly #end: number;
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
  timedOut = false;

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
    options.signal?.throwIfAborted();
    closed.throwIfAborted();
    this.#sources = options.signal === undefined ? [closed] : [options.signal, closed];
    this.#onAbort = (event) => this.#controller.abort((event.target as AbortSignal).reason);
    for (const source of this.#sources) source.addEventListener("abort", this.#onAbort);
    this.#end = performance.now() + this.timeout;
    if (this.timeout > 0) this.#timer = setTimeout(() => this.#timeOut(), this.timeout);
  }

  /** Aborts when the call is to end. */
  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Milliseconds left, at least 1; undefined without a timeout. */
  get remaining(): number | undefined {
    return this.timeout === 0 ? undefined : Math.max(1, Math.ceil(this.#end - performance.now()));
  }

  /** Takes down its timer and listeners. */
  release(): void {
    clearTimeout(this.#timer);
    for (const source of this.#sources) source.removeEventListener("abort", this.#onAbort);
  }

  #timeOut(): void {
    if (this.signal.aborted) return;
    this.timedOut = true;
    this.#controller.abort(new DOMException("the call ran out of time", "TimeoutError"));
  }
}
