/**
 * Work that goes on after its caller was answered, and still ends with the communicator.
 *
 * @module
 */

import type { Resources } from "../resources.ts";

/** Milliseconds that closing the communicator waits for each thing to be given up; a lease then runs out by itself. */
export const CLOSE_PATIENCE = 1_000;

/**
 * Waits for work for a while; what takes longer goes on behind the caller's back. A failure is nobody's any more:
 * what is cleaned up lives on a lease, and ends with it.
 *
 * @param patience Milliseconds.
 */
export async function cleanUp(resources: Resources, work: Promise<unknown>, patience: number): Promise<void> {
  const done = work.then(() => {}, () => {});
  const rest = { close: () => within(done, CLOSE_PATIENCE) };
  resources.add(rest);
  done.then(() => resources.delete(rest));
  await within(done, patience);
}

/** Resolves when the work is done, or after `ms` milliseconds. */
function within(done: Promise<void>, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    done.then(() => {
      clearTimeout(timer);
      resolve();
    });
  });
}
