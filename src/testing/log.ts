/**
 * What a member wrote, over all its lives, in the file that its keeper appends to.
 *
 * @module
 */

import { open, stat } from "node:fs/promises";
import { join } from "node:path";

/** Bytes that are read at most. */
const LIMIT = 1 << 20;

/** Lines of the beginning and of the end, and characters of a line, that an error shows. */
const SHOWN = { first: 5, last: 15, length: 400 };

/** The bytes of the log so far. */
export async function logSize(directory: string): Promise<number> {
  return (await stat(join(directory, "log")).catch(() => undefined))?.size ?? 0;
}

/**
 * The log in whole lines, or its end if it is long; empty if the member never ran.
 *
 * @param from Leaves out the bytes before.
 */
export async function readLog(directory: string, from = 0): Promise<string> {
  const file = await open(join(directory, "log")).catch(() => undefined);
  if (!file) return "";
  try {
    const { size } = await file.stat();
    const start = Math.max(from, size - LIMIT);
    const bytes = new Uint8Array(Math.max(0, size - start));
    const { bytesRead } = await file.read(bytes, 0, bytes.length, start);
    const text = new TextDecoder().decode(bytes.subarray(0, bytesRead));
    return start === from ? text : text.slice(text.indexOf("\n") + 1);
  } finally {
    await file.close();
  }
}

/** What of a log tells why a start failed, for a person. */
export function telling(log: string): string {
  const lines = log.trimEnd().split("\n")
    .filter((line) => !/^\{"level":"(info|debug)"/.test(line))
    .map((line) => line.length > SHOWN.length ? `${line.slice(0, SHOWN.length)} …` : line);
  if (lines.length <= SHOWN.first + SHOWN.last) return lines.join("\n");
  return [...lines.slice(0, SHOWN.first), "…", ...lines.slice(-SHOWN.last)].join("\n");
}
