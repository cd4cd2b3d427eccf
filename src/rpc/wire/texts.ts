/**
 * Keys and values as text, many at once: for short ones a runtime's decoder costs more for the call than for the
 * bytes, on Deno ten times as much.
 *
 * @module
 */

import type { KeyValue as KeyValueMessage } from "../../../proto/gen/mvcc.ts";
import { decodeText } from "../../bytes.ts";
import { WireKeyValue } from "./key_value.ts";

/** Bytes that are decoded together. A text that a program keeps may keep all of them in memory. */
const PIECE_SIZE = 4_096;

/** Fewer are not worth it. */
export const FEW = 3;

/** Byte strings up to this length are copied faster one by one. */
const SHORT = 24;

const piece = new Uint8Array(PIECE_SIZE);

/** Takes a message; with its texts, where they were cheap to be had: where both are ASCII. */
export type TextSink = (message: KeyValueMessage, key?: string, value?: string) => void;

/**
 * Goes through messages in their order.
 *
 * @param messages Those of one answer.
 * @param prefixLength Bytes at the start of each key that are not wanted.
 * @param sink Takes each.
 */
export function readTexts(messages: readonly KeyValueMessage[], prefixLength: number, sink: TextSink): void {
  for (let first = 0; first < messages.length;) {
    const { end, length } = fillPiece(messages, first, prefixLength);
    const text = end - first < FEW ? undefined : asciiOfPiece(length);
    if (text === undefined) {
      for (const last = Math.max(end, first + 1); first < last; first++) sink(messages[first]);
      continue;
    }
    for (let at = 0; first < end; first++) {
      const message = messages[first] as WireKeyValue;
      const valueAt = at + message.keyEnd - message.keyStart - prefixLength;
      const next = valueAt + message.valueEnd - message.valueStart;
      sink(message, text.substring(at, valueAt), text.substring(valueAt, next));
      at = next;
    }
  }
}

/** Lays keys and values side by side, from the first message to before `end`. */
function fillPiece(
  messages: readonly KeyValueMessage[],
  first: number,
  prefixLength: number,
): { end: number; length: number } {
  let end = first, length = 0;
  for (; end < messages.length; end++) {
    const message = messages[end];
    if (!(message instanceof WireKeyValue)) break;
    const { bytes, keyEnd, valueStart, valueEnd } = message;
    const keyStart = message.keyStart + prefixLength;
    const size = keyEnd - keyStart + valueEnd - valueStart;
    if (keyStart > keyEnd || length + size > PIECE_SIZE) break;
    length = add(bytes, keyStart, keyEnd, length);
    length = add(bytes, valueStart, valueEnd, length);
  }
  return { end, length };
}

function add(bytes: Uint8Array, start: number, end: number, at: number): number {
  if (end - start > SHORT) piece.set(bytes.subarray(start, end), at);
  else for (let i = start, to = at; i < end; i++, to++) piece[to] = bytes[i];
  return at + end - start;
}

/** Undefined where something is not ASCII: each such character has more bytes than UTF-16 units. */
function asciiOfPiece(length: number): string | undefined {
  try {
    const text = decodeText(piece.subarray(0, length));
    return text.length === length ? text : undefined;
  } catch {
    return undefined;
  }
}
