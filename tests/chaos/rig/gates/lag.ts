/**
 * How much the event loop itself is late: on a loaded machine, and while the process is suspended.
 *
 * @module
 */

/** Milliseconds between two looks. */
const PERIOD = 20;
/** Milliseconds by which a look may be late and still count as in time. */
const GRACE = 5;

/** Milliseconds that a stall is remembered, which is longer than anything that is measured. */
const MEMORY = 300_000;

/** A stretch of time in which the event loop did not turn. */
interface Stall {
  readonly from: number;
  readonly to: number;
}

/** Notes when the event loop stood still. It runs until it is closed. */
export class LagMeter implements Disposable {
  readonly #stalls: Stall[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();

  constructor() {
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  /** Milliseconds within a span in which the event loop stood still. */
  within(from: number, to: number): number {
    this.#look();
    return this.#stalls.reduce(
      (sum, stall) => sum + Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)),
      0,
    );
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const now = performance.now();
    if (now - this.#last > PERIOD + GRACE) this.#note({ from: this.#last, to: now });
    this.#last = now;
  }

  #note(stall: Stall): void {
    this.#stalls.push(stall);
    while (this.#stalls[0].to < stall.to - MEMORY) this.#stalls.shift();
  }
}
