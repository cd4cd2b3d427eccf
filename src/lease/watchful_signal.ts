/**
 * An abort signal that looks at the clocks before it answers.
 *
 * Timers that fell due while the process was suspended, or its event loop blocked, run after it in no useful
 * order: code of the caller can run before the timer that would abort the signal. So whoever asks the signal
 * whether it is aborted makes it look first. What only listens is told by the timer.
 *
 * @module
 */

/** What `aborted` is without a look; some runtimes read the property themselves while they abort. */
const plainAborted = Object.getOwnPropertyDescriptor(AbortSignal.prototype, "aborted")?.get as () => boolean;

/** A signal and the way to abort it. States: open, then aborted for good. */
export class WatchfulSignal {
  /** A plain `AbortSignal` but for `aborted` and `throwIfAborted()`, which look first. */
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  #aborted = false;

  /** @param look Called before each answer while the signal is open; may call `abort`. */
  constructor(look: () => void) {
    this.signal = this.#controller.signal;
    Object.defineProperties(this.signal, {
      aborted: {
        get: () => {
          if (!this.#aborted) look();
          return plainAborted.call(this.signal);
        },
      },
      throwIfAborted: {
        value: () => {
          if (this.signal.aborted) throw this.signal.reason;
        },
      },
    });
  }

  /** Whether it was aborted, without a look. */
  get aborted(): boolean {
    return this.#aborted;
  }

  /** Aborts it; the first reason stays. */
  abort(reason: unknown): void {
    if (this.#aborted) return;
    this.#aborted = true;
    this.#controller.abort(reason);
  }
}
