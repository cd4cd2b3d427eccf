/**
 * How much the event loop is late although this process does nothing: on a loaded machine, and while it is suspended.
 * What it spends itself, the client in it too, is no excuse.
 *
 * @module
 */

import process from "node:process";

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
  /** The part of it in which this process did not run. */
  readonly idle: number;
}

/** Notes when the event loop stood still. It runs until it is closed. */
export class LagMeter implements Disposable {
  readonly #stalls: Stall[] = [];
  readonly #timer: ReturnType<typeof setInterval>;
  #last = performance.now();
  #spent = cpuTime();

  constructor() {
    this.#timer = setInterval(() => this.#look(), PERIOD);
  }

  /** Milliseconds within a span in which the event loop stood still and the process did not run. */
  within(from: number, to: number): number {
    this.#look();
    return this.#stalls.reduce(
      (sum, stall) => sum + stall.idle * Math.max(0, Math.min(to, stall.to) - Math.max(from, stall.from)),
      0,
    );
  }

  /** Ends it. */
  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const [from, to, spent] = [this.#last, performance.now(), cpuTime()];
    if (to - from > PERIOD + GRACE) {
      this.#note({ from, to, idle: Math.max(0, 1 - (spent - this.#spent) / (to - from)) });
    }
    this.#last = to;
    this.#spent = spent;
  }

  #note(stall: Stall): void {
    this.#stalls.push(stall);
    while (this.#stalls[0].to < stall.to - MEMORY) this.#stalls.shift();
  }
}

/** Milliseconds that the process has run so far, on all processors. */
function cpuTime(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}
