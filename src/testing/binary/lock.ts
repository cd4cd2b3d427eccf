/**
 * A lock between processes, so that two of them do not build the same binary.
 *
 * @module
 */

import { utimesSync } from "node:fs";
import { open, rm, stat } from "node:fs/promises";
import { delay } from "../delay.ts";

/** Milliseconds between the signs of life of a holder; who gives none for five times as long is dead. */
const BEAT = 2_000;

/** How a lock is waited for. */
export interface LockOptions {
  /** Ends the wait. */
  readonly signal?: AbortSignal;
  /** Called once if another process holds the lock. */
  readonly onWait?: () => void;
}

/**
 * Runs `body` while nobody else holds the lock.
 *
 * A holder shows that it lives by the file's time, which works between containers that share a folder too. Two
 * that find the same dead holder at the same moment may both go on: what they do has to bear that.
 *
 * @param path Of the file that is the lock; its folder exists.
 */
export async function withLock<T>(
  path: string,
  body: () => Promise<T>,
  options: LockOptions = {},
): Promise<T> {
  const { signal, onWait } = options;
  for (let waited = false; !await take(path); waited = true) {
    if (!waited) onWait?.();
    await delay(BEAT / 10, signal);
  }
  const heart = setInterval(() => beat(path), BEAT);
  try {
    return await body();
  } finally {
    clearInterval(heart);
    await rm(path, { force: true });
  }
}

async function take(path: string): Promise<boolean> {
  try {
    await (await open(path, "wx")).close();
    return true;
  } catch (error) {
    if ((error as { code?: string }).code !== "EEXIST") throw error;
  }
  if (await isDead(path)) await rm(path, { force: true });
  return false;
}

async function isDead(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined); // given back meanwhile
  return file !== undefined && Date.now() - file.mtimeMs > 5 * BEAT;
}

function beat(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // broken by one who took us for dead
  }
}
