/**
 * Work that goes on after its caller was answered, and still ends with the communicator.
 *
 * @module
 */

import type { Resources } from "./resources.ts";

/** Milliseconds that closing the communicator waits for each thing to be given up; a lease then runs out by itself. */
export const CLOSE_PATIENCE = 1_000;

/** Milliseconds that a caller waits for what it gave up to be cleaned up. */
const PATIENCE = 1_000;
/** The same where a time limit was to be kept, which calls may exceed by 250 ms at most, slow timers included. */
const PATIENCE_AFTER_TIMEOUT = 150;

/**
 * Waits for work for a while; what takes longer goes on behind the caller's back. A failure is nobody's any more:
 * what is cleaned up lives on a lease, and ends with it.
 *
 * @param reason Why it was given up, where it was: after a timeout the caller is not kept waiting.
 */
export async function cleanUp(resources: Resources, work: Promise<unknown>, reason?: unknown): Promise<void> {
  const done = work.then(() => {}, () => {});
  const rest = { close: () => within(done, CLOSE_PATIENCE) };
  resources.add(rest);
  done.then(() => resources.delete(rest));
  const timedOut = reason instanceof DOMException && reason.name === "TimeoutError";
  await within(done, timedOut ? PATIENCE_AFTER_TIMEOUT : PATIENCE);
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
