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

/** Bytes that repetitions may leave behind: 10 MB for each thousand, and no less. */
export function heapAllowance(repetitions: number): number {
  return 10e6 * Math.max(1, repetitions / 1000);
}
