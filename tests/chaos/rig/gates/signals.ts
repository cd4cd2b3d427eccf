/**
 * Who listens to the signals that calls are given.
 *
 * A signal is counted from when it is first given to a call; what a test itself puts on it later counts too.
 *
 * @module
 */

/** What is known of a signal that a call was given. */
interface Counted {
  /** What it was given to first. */
  readonly name: string;
  readonly listeners: Set<unknown>;
  /** Those of them that go by themselves when it is aborted. */
  readonly once: Set<unknown>;
  /** Calls that have it and have not settled, and what was opened with it. */
  users: number;
}

/** Counts listeners. */
export class SignalGate {
  readonly #counted = new WeakMap<AbortSignal, Counted>();
  /** Those with listeners, so that all others can be collected. */
  readonly #listened = new Set<Counted>();
  readonly #own = new Map<string, AbortSignal>();

  /** One that is never aborted, for calls of a name that are given none. */
  signalFor(name: string): AbortSignal {
    const own = this.#own.get(name) ?? new AbortController().signal;
    this.#own.set(name, own);
    return own;
  }

  /** A signal is given to a call, or to what lasts. */
  enter(signal: AbortSignal, name: string): void {
    let counted = this.#counted.get(signal);
    if (counted === undefined) this.#counted.set(signal, counted = this.#count(signal, name));
    counted.users++;
  }

  /** The call has settled; returns how many still listen, though nobody has the signal any more. */
  leave(signal: AbortSignal): number {
    const counted = this.#counted.get(signal)!;
    return --counted.users === 0 ? counted.listeners.size : 0;
  }

  /** What is left on all signals, one sentence for each call that was given them; to be asked when all is closed. */
  get findings(): readonly string[] {
    const left = new Map<string, number>();
    for (const { name, listeners } of this.#listened) left.set(name, (left.get(name) ?? 0) + listeners.size);
    return [...left].map(([name, count]) => `${count} listeners are left on signals that ${name} was given`);
  }

  #count(signal: AbortSignal, name: string): Counted {
    const counted: Counted = { name, listeners: new Set(), once: new Set(), users: 0 };
    const { listeners, once } = counted;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    const gone = (listener: unknown) => {
      listeners.delete(listener);
      once.delete(listener);
      if (listeners.size === 0) this.#listened.delete(counted);
    };
    // Comes before all others: what follows from them may ask already.
    add("abort", () => once.forEach(gone), { once: true });
    signal.addEventListener = (...args: Parameters<typeof add>) => {
      const [, listener, options] = args;
      listeners.add(listener);
      if (typeof options === "object" && options.once) once.add(listener);
      this.#listened.add(counted);
      add(...args);
    };
    signal.removeEventListener = (...args: Parameters<typeof remove>) => {
      gone(args[1]);
      remove(...args);
    };
    return counted;
  }
}
