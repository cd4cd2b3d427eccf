/**
 * What a member wrote.
 *
 * @module
 */

import { open } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that are read at most. */
const LIMIT = 1 << 20;

/** Lines that an error shows. */
const SHOWN = 20;

/** The end of the log in a member's directory, in whole lines; empty if it never ran. */
export async function readLog(directory: string): Promise<string> {
  const file = await open(join(directory, "log")).catch(() => undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const start = Math.max(0, size - LIMIT);
    const { buffer, bytesRead } = await file.read(new Uint8Array(size - start), 0, size - start, start);
    const text = new TextDecoder().decode(buffer.subarray(0, bytesRead));
    return start === 0 ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}

/** The last lines of a log. */
export function lastLines(log: string): string {
  return log.trimEnd().split("\n").slice(-SHOWN).join("\n");
}
