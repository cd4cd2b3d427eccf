/**
 * How much memory is in use.
 *
 * @module
 */

import process from "node:process";

/** Bytes of the heap in use after a collection, where the runtime lets itself be asked for one. */
export function usedHeap(): number {
  const { gc, Bun } = globalThis as { gc?: () => void; Bun?: { gc(force: boolean): void } };
  if (Bun !== undefined) Bun.gc(true);
  else gc?.();
  return process.memoryUsage().heapUsed;
}

/** How often it is asked for the heap at rest, and how many milliseconds apart. */
const COLLECTIONS = 4;
const APART = 50;

/**
 * Bytes of the heap in use when nothing goes on: the least of several collections. What has just ended, a function
 * that was awaited, say, may hold what it had for some turns.
 */
export async function restingHeap(): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < COLLECTIONS; i++) {
    await new Promise((resolve) => setTimeout(resolve, APART));
    least = Math.min(least, usedHeap());
  }
  return least;
}

/** Bytes that repetitions may leave behind: 10 MB for each thousand, and no less. */
export function heapAllowance(repetitions: number): number {
  return 10e6 * Math.max(1, repetitions / 1000);
}
