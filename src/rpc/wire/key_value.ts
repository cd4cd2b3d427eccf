/**
 * A key and its value within the answer they came in.
 *
 * @module
 */

import type { KeyValue } from "../../../proto/gen/mvcc.ts";
import { type Exact, toBigInt, type WireReader } from "./reader.ts";

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
  readonly modRevision: bigint;
  readonly #created: Exact;
  readonly #modified: Exact;
  readonly #version: Exact;
  readonly #lease: Exact;

  /**
   * Reads it. Tags: field number times 8, plus 0 for a varint and 2 for what has a length.
   *
   * @throws {RangeError} If the bytes up to `end` are none.
   */
  constructor(reader: WireReader, end: number) {
    let keyStart = 0, keyEnd = 0, valueStart = 0, valueEnd = 0;
    let created: Exact = 0, modified: Exact = 0, version: Exact = 0, lease: Exact = 0;
    while (reader.more(end)) {
      const tag = reader.tag();
      if (tag === 10) {
        keyStart = reader.pass();
        keyEnd = reader.at;
      } else if (tag === 16) created = reader.exact();
      else if (tag === 24) modified = reader.exact();
      else if (tag === 32) version = reader.exact();
      else if (tag === 42) {
        valueStart = reader.pass();
        valueEnd = reader.at;
      } else if (tag === 48) lease = reader.exact();
      else reader.skip(tag);
    }
    this.bytes = reader.bytes;
    this.keyStart = keyStart;
    this.keyEnd = keyEnd;
    this.valueStart = valueStart;
    this.valueEnd = valueEnd;
    this.modRevision = toBigInt(modified);
    this.#created = created;
    this.#modified = modified;
    this.#version = version;
    this.#lease = lease;
  }

  /** A new view of the key. */
  get key(): Uint8Array {
    return this.bytes.subarray(this.keyStart, this.keyEnd);
  }

  /** Whether the key came to be by its last change. */
  get isNew(): boolean {
    return this.#created === this.#modified;
  }

  get createRevision(): bigint {
    return this.#created === this.#modified ? this.modRevision : toBigInt(this.#created);
  }

  get version(): bigint {
    return toBigInt(this.#version);
  }

  get lease(): bigint {
    return toBigInt(this.#lease);
  }

  /** A new view of the value. */
  get value(): Uint8Array {
    return this.bytes.subarray(this.valueStart, this.valueEnd);
  }
}
