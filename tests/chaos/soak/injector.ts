/**
 * Injects one random fault after the other.
 *
 * @module
 */

import type { Random } from "../rig/random.ts";
import { FAULTS } from "./faults.ts";
import type { World } from "./world.ts";

/** When a fault was there, in milliseconds since 1970. */
export interface Mark {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** Injects until it is stopped. */
export class Injector {
  readonly #marks: Mark[] = [];
  readonly #done: Promise<void>;
  #stopped = Promise.withResolvers<void>();
  #stopping = false;

  /**
   * @param period Milliseconds from one fault to the next, where these are not longer.
   * @param onFault Told of each fault when it begins.
   */
  constructor(world: World, random: Random, period: number, onFault: (name: string) => void) {
    this.#done = this.#run(world, random, period, onFault);
    this.#done.catch(() => {}); // told by stop()
  }

  /** The faults so far. */
  get marks(): readonly Mark[] {
    return this.#marks;
  }

  /**
   * Waits until the last fault is over.
   *
   * @throws What a fault failed with.
   */
  async stop(): Promise<void> {
    this.#stopping = true;
    this.#stopped.resolve();
    await this.#done;
  }

  async #run(
    world: World,
    random: Random,
    period: number,
    onFault: (name: string) => void,
  ): Promise<void> {
    let queue: (typeof FAULTS[number])[] = [];
    await this.#rested(period);
    while (!this.#stopping) {
      // All kinds in random order, then all again: each has its turn also in short runs.
      if (queue.length === 0) queue = shuffled(FAULTS, random);
      const fault = queue.pop()!;
      const from = Date.now();
      onFault(fault.name);
      await fault.inject(world, random);
      this.#marks.push({ name: fault.name, from, to: Date.now() });
      await this.#rested(Math.max(1_000, from + period - Date.now()));
    }
  }

  async #rested(milliseconds: number): Promise<void> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const over = new Promise<void>((resolve) => timer = setTimeout(resolve, milliseconds));
    await Promise.race([over, this.#stopped.promise]);
    clearTimeout(timer);
  }
}

function shuffled<T>(all: readonly T[], random: Random): T[] {
  const rest = [...all];
  return all.map(() => rest.splice(random.below(rest.length), 1)[0]);
}
