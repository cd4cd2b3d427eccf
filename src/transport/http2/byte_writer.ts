/**
 * A growing byte buffer that frames are encoded into.
 *
 * @module
 */

/** Below this many bytes a loop is quicker than `TypedArray.prototype.set`. */
const SHORT = 32;

/** Bytes `0` to `length` of `bytes` are written; the rest is room. */
export class ByteWriter {
  /** The buffer; replaced when it grows. */
  bytes: Uint8Array;
  /** How many bytes are written. */
  length = 0;

  /**
   * Makes an empty writer.
   *
   * @param capacity Bytes of room at first.
   */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity);
  }

  /**
   * Makes room, so that `bytes` may be written from `length` on.
   *
   * @param count Bytes of room needed.
   */
  reserve(count: number): void {
    const needed = this.length + count;
    if (needed <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.length));
    this.bytes = grown;
  }

  /**
   * Appends one byte.
   *
   * @param byte 0 to 255.
   */
  push(byte: number): void {
    if (this.length === this.bytes.length) this.reserve(1);
    this.bytes[this.length++] = byte;
  }

  /**
   * Appends part of `source`.
   *
   * @param source Where from.
   * @param start First byte.
   * @param end One past the last byte.
   */
  append(source: Uint8Array, start = 0, end: number = source.length): void {
    this.reserve(end - start);
    copyBytes(source, start, end, this.bytes, this.length);
    this.length += end - start;
  }

  /**
   * Appends four bytes, most significant first.
   *
   * @param value An unsigned 32-bit number.
   */
  pushUint32(value: number): void {
    this.reserve(4);
    const { bytes, length } = this;
    bytes[length] = value >>> 24;
    bytes[length + 1] = value >>> 16;
    bytes[length + 2] = value >>> 8;
    bytes[length + 3] = value;
    this.length = length + 4;
  }
}

/**
 * Copies part of `source`.
 *
 * @param source Where from.
 * @param start First byte.
 * @param end One past the last byte.
 * @param target Where to.
 * @param at Where the first byte goes.
 */
export function copyBytes(
  source: Uint8Array,
  start: number,
  end: number,
  target: Uint8Array,
  at: number,
): void {
  if (end - start > SHORT) {
    target.set(start === 0 && end === source.length ? source : source.subarray(start, end), at);
    return;
  }
  for (let from = start; from < end; from++) target[at++] = source[from];
}

/**
 * Reads four bytes, most significant first.
 *
 * @param bytes Where from.
 * @param at The first of the four.
 * @returns An unsigned 32-bit number.
 */
export function readUint32(bytes: Uint8Array, at: number): number {
  return ((bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3]) >>> 0;
}
