/**
 * Protocol Buffers, read by hand. The generated decoder takes longer for an event than all the rest of its way
 * to the reader, so the watch reads its responses with this one
 * (https://protobuf.dev/programming-guides/encoding/).
 *
 * @module
 */

/** Wire types of fields. */
const VARINT = 0;
const FIXED64 = 1;
const DELIMITED = 2;
const FIXED32 = 5;

/** Where the two halves of a 64-bit number become a bigint. */
const halves = new DataView(new ArrayBuffer(8));

/** Reads the fields of one message; `at` moves from its start to its end. */
export class WireReader {
  readonly bytes: Uint8Array;
  readonly end: number;
  at: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    if (end > bytes.length || start > end) throw truncated();
    this.bytes = bytes;
    this.at = start;
    this.end = end;
  }

  /**
   * Whether a field follows.
   *
   * @throws {RangeError} If the last one reached over the end.
   */
  get more(): boolean {
    if (this.at > this.end) throw truncated();
    return this.at < this.end;
  }

  /** A tag, a length, a boolean or an enum: the lower 32 bits of a varint. */
  uint32(): number {
    const { bytes } = this;
    let byte = bytes[this.at++];
    if (byte < 0x80) return byte;
    let value = byte & 0x7f;
    for (let shift = 7; shift < 70; shift += 7) {
      byte = bytes[this.at++];
      if (shift < 32) value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
    throw truncated();
  }

  /** A signed 64-bit number. */
  int64(): bigint {
    return this.#small() ?? (this.#varint64(), halves.getBigInt64(0, true));
  }

  /** An unsigned 64-bit number. */
  uint64(): bigint {
    return this.#small() ?? (this.#varint64(), halves.getBigUint64(0, true));
  }

  /** The reader of a message within this one, which moves past it. */
  message(): WireReader {
    const start = this.length();
    return new WireReader(this.bytes, start, this.at);
  }

  /** A view of bytes. */
  view(): Uint8Array {
    const start = this.length();
    return this.bytes.subarray(start, this.at);
  }

  /** Moves past a length and what it counts; returns where that began. */
  length(): number {
    const length = this.uint32();
    const start = this.at;
    this.at += length;
    if (!(this.at <= this.end)) throw truncated();
    return start;
  }

  /** Moves past a field that is of no interest. */
  skip(tag: number): void {
    switch (tag & 7) {
      case VARINT:
        this.#varint64();
        break;
      case FIXED64:
        this.at += 8;
        break;
      case DELIMITED:
        this.length();
        break;
      case FIXED32:
        this.at += 4;
        break;
      default:
        throw truncated();
    }
  }

  /** A varint of at most four bytes, which most are. */
  #small(): bigint | undefined {
    const { bytes, at } = this;
    let value = 0;
    for (let i = 0; i < 4; i++) {
      const byte = bytes[at + i];
      value |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) {
        this.at = at + i + 1;
        return BigInt(value);
      }
    }
    return undefined;
  }

  /** A varint of at most ten bytes, left in `halves`. */
  #varint64(): void {
    let low = 0;
    let high = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      const byte = this.bytes[this.at++];
      const bits = byte & 0x7f;
      if (shift < 32) low |= bits << shift;
      if (shift > 28) high |= bits << (shift - 32);
      else if (shift === 28) high |= bits >> 4;
      if (byte < 0x80) {
        halves.setInt32(0, low, true);
        halves.setInt32(4, high, true);
        return;
      }
    }
    throw truncated();
  }
}

function truncated(): RangeError {
  return new RangeError("the message is cut short, or is none");
}
