/**
 * Integers, RFC 7541 §5.1: the low bits of a byte, and seven bits a byte after it where those do not suffice.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";

/** Where a decoder stands in a header block. */
export interface Cursor {
  /** Holds the block. */
  readonly bytes: Uint8Array;
  /** The next byte. */
  at: number;
  /** One past the block's last byte. */
  readonly end: number;
}

/** Shift of the last byte that is accepted after the prefix: 28 bits, more than any length or index here. */
const MAX_SHIFT = 21;

/**
 * Appends an integer.
 *
 * @param out Where to.
 * @param value Not negative.
 * @param prefixBits How many low bits of the first byte are its, 1 to 8.
 * @param highBits The first byte's other bits.
 */
export function encodeInteger(out: ByteWriter, value: number, prefixBits: number, highBits: number): void {
  const prefixMax = (1 << prefixBits) - 1;
  if (value < prefixMax) {
    out.push(highBits | value);
    return;
  }
  out.push(highBits | prefixMax);
  let rest = value - prefixMax;
  while (rest >= 0x80) {
    out.push((rest & 0x7f) | 0x80);
    rest >>>= 7;
  }
  out.push(rest);
}

/**
 * Reads an integer.
 *
 * @param cursor Stands on the first byte; afterwards behind the last.
 * @param prefixBits How many low bits of the first byte are its.
 * @returns The value.
 * @throws {ConnectionError} If it is cut off or too large (COMPRESSION_ERROR).
 */
export function decodeInteger(cursor: Cursor, prefixBits: number): number {
  const prefixMax = (1 << prefixBits) - 1;
  let value = nextByte(cursor) & prefixMax;
  if (value < prefixMax) return value;
  for (let shift = 0; shift <= MAX_SHIFT; shift += 7) {
    const byte = nextByte(cursor);
    value += (byte & 0x7f) << shift;
    if ((byte & 0x80) === 0) return value;
  }
  throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, "integer of a header block too large");
}

function nextByte(cursor: Cursor): number {
  if (cursor.at === cursor.end) {
    throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, "header block cut off");
  }
  return cursor.bytes[cursor.at++];
}
