/**
 * Random choices that can be had again from a printed seed.
 *
 * @module
 */

/** A source of random choices (mulberry32). The same seed gives the same choices in the same order. */
export class Random {
  readonly seed: number;
  #state: number;

  /** @param seed A whole number from 0 to 2^32 - 1. */
  constructor(seed: number) {
    this.seed = seed;
    this.#state = seed;
  }

  /** A seed nobody has chosen. */
  static newSeed(): number {
    return Math.floor(Math.random() * 2 ** 32);
  }

  /** A fraction from 0 on, below 1. */
  fraction(): number {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.#state ^ (this.#state >>> 15), 1 | this.#state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from 0 on, below `limit`. */
  below(limit: number): number {
    return Math.floor(this.fraction() * limit);
  }

  /** A number from `low` on, below `high`. */
  between(low: number, high: number): number {
    return low + this.fraction() * (high - low);
  }

  /** Bytes of any value. */
  bytes(length: number): Uint8Array {
    return Uint8Array.from({ length }, () => this.below(256));
  }

  /** True in a share of the cases. */
  chance(share: number): boolean {
    return this.fraction() < share;
  }

  /** One of several. */
  pick<T>(from: readonly T[]): T {
    if (from.length === 0) throw new RangeError("Cannot pick: there is nothing to choose from");
    return from[this.below(from.length)];
  }

  /** Another source whose choices do not depend on how many were made here since. */
  fork(): Random {
    return new Random(this.below(2 ** 32));
  }
}
