/**
 * Random operations on few keys, so that they meet.
 *
 * @module
 */

import type { Operation } from "../history/call.ts";
import type { Random } from "../random.ts";

/** Makes operations whose values nobody else writes. */
export class Operations {
  readonly #random: Random;
  readonly #keys: readonly string[];
  readonly #name: string;
  /** What keys had when somebody last looked, for swaps that may succeed. */
  readonly #last = new Map<string, string>();
  #count = 0;

  /**
   * @param prefix All keys begin with it, and nobody else's do.
   * @param name Begins all values.
   */
  constructor(random: Random, prefix: string, name: string, keys = 8) {
    this.#random = random;
    this.#keys = Array.from({ length: keys }, (_, i) => `${prefix}${i}`);
    this.#name = name;
    this.#prefix = prefix;
  }

  readonly #prefix: string;

  /** The next one. */
  next(): Operation {
    const random = this.#random;
    const key = random.pick(this.#keys);
    const value = `${this.#name}-${this.#count++}`;
    const kind = random.fraction();
    if (kind < 0.3) return { kind: "read", key, serializable: random.chance(0.1) };
    if (kind < 0.4) return { kind: "read", prefix: this.#prefix, serializable: random.chance(0.3) };
    if (kind < 0.5) {
      const expected = random.chance(0.2) ? null : this.#last.get(key) ?? null;
      this.#last.set(key, value);
      return { kind: "swap", key, expected, value };
    }
    if (kind < 0.6) return { kind: "write", puts: [], deletes: [key], value };
    this.#last.set(key, value);
    if (kind < 0.85) return { kind: "write", puts: [key], deletes: [], value };
    return this.#transaction(value);
  }

  #transaction(value: string): Operation {
    const shuffled = [...this.#keys];
    for (let i = shuffled.length - 1; i > 0; i--) {
      const other = this.#random.below(i + 1);
      [shuffled[i], shuffled[other]] = [shuffled[other], shuffled[i]];
    }
    const puts = shuffled.slice(0, 2 + this.#random.below(3));
    const deletes = this.#random.chance(0.3) ? shuffled.slice(-1) : [];
    return { kind: "write", puts, deletes, value };
  }
}
