/**
 * What every part of the load works with.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../../mod.ts";
import type { LagMeter } from "../../rig/gates/lag.ts";
import type { Random } from "../../rig/random.ts";
import type { Journal } from "./journal.ts";

/** See the module. */
export interface Scene {
  readonly random: Random;
  readonly journal: Journal;
  readonly lag: LagMeter;
  /** Clients of their own, whose calls are watched over. Each begins at another member. */
  readonly communicators: readonly EtcdCommunicator[];
  /** Aborts when the load is to end. */
  readonly stop: AbortSignal;
}

/** Does something again and again, until the load is to end. */
export async function repeat({ stop }: Scene, rest: () => number, body: () => Promise<void>): Promise<void> {
  while (!stop.aborted) {
    await body();
    await rested(rest(), stop);
  }
}

/** Waits so many milliseconds, or until the signal is aborted. */
export function rested(milliseconds: number, stop: AbortSignal): Promise<void> {
  if (stop.aborted) return Promise.resolve();
  return new Promise((resolve) => {
    const over = () => {
      clearTimeout(timer);
      stop.removeEventListener("abort", over);
      resolve();
    };
    const timer = setTimeout(over, milliseconds);
    stop.addEventListener("abort", over);
  });
}
