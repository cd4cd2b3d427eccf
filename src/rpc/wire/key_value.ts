/**
 * A key and its value within the answer they came in.
 *
 * @module
 */

import type { KeyValue } from "../../../proto/gen/mvcc.ts";
import type { WireReader } from "./reader.ts";

/**
 * The message, with the places of its bytes instead of views of them, which are made when they are asked for: a view
 * takes more memory than a short key, and most keys and values are read as text and never as bytes.
 */
export class WireKeyValue implements KeyValue {
  /** What was read; places are counted from its start. */
  readonly bytes: Uint8Array;
  readonly keyStart: number;
  readonly keyEnd: number;
  readonly valueStart: number;
  readonly valueEnd: number;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;

  /**
   * Reads it. Tags: field number times 8, plus 0 for a varint and 2 for what has a length.
   *
   * @throws {RangeError} If the bytes up to `end` are none.
   */
  constructor(reader: WireReader, end: number) {
    let keyStart = 0, keyEnd = 0, valueStart = 0, valueEnd = 0;
    let createRevision = 0n, modRevision = 0n, version = 0n, lease = 0n;
    while (reader.more(end)) {
      const tag = reader.tag();
      if (tag === 10) {
        keyStart = reader.pass();
        keyEnd = reader.at;
      } else if (tag === 16) createRevision = reader.int64();
      else if (tag === 24) modRevision = reader.int64();
      else if (tag === 32) version = reader.int64();
      else if (tag === 42) {
        valueStart = reader.pass();
        valueEnd = reader.at;
      } else if (tag === 48) lease = reader.int64();
      else reader.skip(tag);
    }
    this.bytes = reader.bytes;
    this.keyStart = keyStart;
    this.keyEnd = keyEnd;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
    this.createRevision = createRevision;
    this.modRevision = modRevision;
    this.version = version;
    this.lease = lease;
  }

  /** A new view of the key. */
  get key(): Uint8Array {
    return this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  /** A new view of the value. */
  get value(): Uint8Array {
    return this.bytes.subarray(this.valueStart, this.valueEnd);
  }
}
