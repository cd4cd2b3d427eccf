/**
 * Writes the protobuf wire format of messages that are sent often: flat ones, whose tags are of one byte.
 *
 * @module
 */

/** Bytes of all fields but the byte strings, at most: 16 fields of a tag and ten bytes. */
const ROOM = 16 * 11;
/** What is shared between messages; a larger message gets its own. */
const POOL = 65_536;

/**
 * Writes one message after the other. Fields with their default value are left out, as proto3 has it. What is finished
 * is never written to again: it may wait for long, and be sent more than once.
 */
export class WireWriter {
  #pool: Uint8Array<ArrayBuffer> = new Uint8Array(POOL);
  /** Where the pool is free. */
  #free = 0;
  #start = 0;
  #buffer: Uint8Array<ArrayBuffer> = this.#pool;
  #at = 0;

  /**
   * Begins a message.
   *
   * @param payload Bytes of all byte strings together.
   */
  begin(payload: number): void {
    const needed = payload + ROOM;
    if (needed > POOL / 4) {
      this.#buffer = new Uint8Array(needed);
      this.#at = this.#start = 0;
      return;
    }
    if (this.#free + needed > POOL) {
      this.#pool = new Uint8Array(POOL);
      this.#free = 0;
    }
    this.#buffer = this.#pool;
    this.#at = this.#start = this.#free;
  }

  /** The message. */
  finish(): Uint8Array {
    const message = this.#buffer.subarray(this.#start, this.#at);
    if (this.#buffer === this.#pool) this.#free = this.#at;
    else this.#buffer = this.#pool; // a large one is not kept
    return message;
  }

  /** A byte string. */
  bytes(tag: number, bytes: Uint8Array): void {
    if (bytes.length === 0) return;
    this.#buffer[this.#at++] = tag;
    this.#varint(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  /** A number below 2^32. */
  number(tag: number, value: number): void {
    if (value === 0) return;
    this.#buffer[this.#at++] = tag;
    this.#varint(value);
  }

  /** A flag. */
  flag(tag: number, value: boolean): void {
    if (value) this.number(tag, 1);
  }

  /** A signed 64-bit number. @throws {RangeError} If it does not fit. */
  int64(tag: number, value: bigint): void {
    if (value === 0n) return;
    if (BigInt.asIntN(64, value) !== value) throw new RangeError(`${value} does not fit 64 bits`);
    this.#buffer[this.#at++] = tag;
    let rest = BigInt.asUintN(64, value);
    while (rest > 0x7fn) {
      this.#buffer[this.#at++] = Number(rest & 0x7fn) | 0x80;
      rest >>= 7n;
    }
    this.#buffer[this.#at++] = Number(rest);
  }

  #varint(value: number): void {
    let rest = value;
    while (rest > 0x7f) {
      this.#buffer[this.#at++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#buffer[this.#at++] = rest;
  }
}
