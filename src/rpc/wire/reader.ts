/**
 * Reads the protobuf wire format (https://protobuf.dev/programming-guides/encoding/) of messages that come often.
 *
 * One reader serves all of them, as decoding is synchronous; a nested message is read up to an end that is handed
 * down. Malformed input throws.
 *
 * @module
 */

/** Wire types. */
const VARINT = 0;
const FIXED64 = 1;
const LENGTH_DELIMITED = 2;
const FIXED32 = 5;

const ZERO = 0n;
const EMPTY = new Uint8Array(0);

/** A number that is nearly always the same as the last time, such as an id, and its bigint. */
export interface Remembered {
  low: number;
  high: number;
  value: bigint;
}

/** Makes an empty memory for {@linkcode WireReader.remembered}. */
export function remembered(): Remembered {
  return { low: 0, high: 0, value: ZERO };
}

/** A 64-bit number: a bigint only where a number would not be exact. */
export type Exact = number | bigint;

/** Reads fields of one message after the other. */
export class WireReader {
  #bytes: Uint8Array = EMPTY;
  #at = 0;
  /** The two halves of the last varint, 32 bits each, unsigned. */
  #low = 0;
  #high = 0;

  /** Begins with another message; returns its end. */
  begin(bytes: Uint8Array): number {
    this.#bytes = bytes;
    this.#at = 0;
    return bytes.length;
  }

  /** Forgets the message, which would be kept until the next one. */
  finish(): void {
    this.#bytes = EMPTY;
  }

  /** Whether there is more before `end`. @throws {RangeError} If a field went past it. */
  more(end: number): boolean {
    if (this.#at > end) throw new RangeError("a field reaches past the end of its message");
    return this.#at < end;
  }

  /** The tag of the next field: its number times 8, and its wire type. */
  tag(): number {
    const first = this.#bytes[this.#at];
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    this.#varint();
    return this.#low;
  }

  /** The end of a nested message, whose fields come next. */
  nested(): number {
    const length = this.number();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("a message reaches past the end of the input");
    return end;
  }

  /** The message that is read. */
  get bytes(): Uint8Array {
    return this.#bytes;
  }

  /** Where the next field, or what is left of this one, begins. */
  get at(): number {
    return this.#at;
  }

  /** Passes over bytes, whose end is then `at`; returns their start. */
  pass(): number {
    const end = this.nested();
    const start = this.#at;
    this.#at = end;
    return start;
  }

  /** Bytes as a view of the message. */
  view(): Uint8Array {
    const end = this.nested();
    const view = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return view;
  }

  /** A flag. */
  flag(): boolean {
    return this.number() !== 0;
  }

  /** A number below 2^32. */
  number(): number {
    const first = this.#bytes[this.#at];
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    this.#varint();
    return this.#low;
  }

  /** A signed 64-bit number. */
  int64(): bigint {
    return toBigInt(this.exact());
  }

  /** The same, as a number where that is exact: a bigint takes memory of its own. */
  exact(): Exact {
    const first = this.#bytes[this.#at];
    if (first < 0x80) {
      this.#at++;
      return first;
    }
    this.#varint();
    if (this.#high < 0x200000) return this.#high * 0x100000000 + this.#low;
    return BigInt.asIntN(64, this.#wide());
  }

  /** An unsigned 64-bit number, made anew only where it is not the one remembered. */
  remembered(memory: Remembered): bigint {
    this.#varint();
    if (memory.low !== this.#low || memory.high !== this.#high) {
      memory.low = this.#low;
      memory.high = this.#high;
      memory.value = this.#wide();
    }
    return memory.value;
  }

  /** Passes over a field that is not known. */
  skip(tag: number): void {
    const type = tag & 7;
    if (type === VARINT) this.#varint();
    else if (type === LENGTH_DELIMITED) this.#at = this.nested();
    else if (type === FIXED64) this.#at += 8;
    else if (type === FIXED32) this.#at += 4;
    else throw new RangeError(`a field has the unknown wire type ${type}`);
  }

  #wide(): bigint {
    return BigInt(this.#high) * 0x100000000n + BigInt(this.#low);
  }

  #varint(): void {
    const bytes = this.#bytes;
    let at = this.#at;
    let byte = bytes[at++];
    let low = byte & 0x7f;
    let high = 0;
    let shift = 7;
    while (byte >= 0x80) {
      if (shift === 70) throw new RangeError("a varint has more than ten bytes");
      byte = bytes[at++];
      const bits = byte & 0x7f;
      if (shift < 28) low |= bits << shift;
      else if (shift === 28) {
        low |= bits << 28;
        high = bits >>> 4;
      } else high |= bits << (shift - 32);
      shift += 7;
    }
    if (at > bytes.length) throw new RangeError("a varint reaches past the end of the input");
    this.#at = at;
    this.#low = low >>> 0;
    this.#high = high >>> 0;
  }
}

/** Bigints of the smallest numbers, which versions and counts mostly are. */
const SMALL: readonly bigint[] = Array.from({ length: 64 }, (_, i) => BigInt(i));

/** What was read by {@linkcode WireReader.exact}. */
export function toBigInt(value: Exact): bigint {
  if (typeof value === "bigint") return value;
  return value < SMALL.length ? SMALL[value] : BigInt(value);
}
