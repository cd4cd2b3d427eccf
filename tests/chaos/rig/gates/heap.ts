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

/** The same, with what it has outside: bytes that were received are there on some runtimes. */
export function usedMemory(): number {
  return usedHeap() + process.memoryUsage().external;
}

/** How often it is measured at rest, and how many milliseconds apart. */
const TIMES = 20;
const APART = 100;

/**
 * What a measure shows when nothing goes on: the least of many times. What ended just now may be held for some of them,
 * by a function that was awaited or by an old value on the stack that Bun's collector takes for a pointer.
 *
 * @param measure {@linkcode usedHeap} or {@linkcode usedMemory}.
 */
export async function atRest(measure: () => number): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < TIMES; i++) {
    await new Promise((resolve) => setTimeout(resolve, APART));
    least = Math.min(least, measure());
  }
  return least;
}

/** Bytes that repetitions may leave behind: 10 MB for each thousand, and no less. */
export function heapAllowance(repetitions: number): number {
  return 10e6 * Math.max(1, repetitions / 1000);
}
