/**
 * Encoding header lists, RFC 7541 §6.
 *
 * @module
 */

import { ByteWriter } from "../byte_writer.ts";
import { HPACK_TABLE_SIZE } from "../limits.ts";
import { DynamicTable } from "./dynamic_table.ts";
import type { HeaderBlock } from "./header_block.ts";
import { fieldSize, type HeaderField, type Indexing } from "./header_field.ts";
import { encodeInteger } from "./integer.ts";
import { STATIC_TABLE } from "./static_table.ts";
import { encodeString } from "./string.ts";

/** First byte and prefix length of each literal representation, RFC 7541 §6.2. */
const LITERAL: Readonly<Record<Indexing, readonly [highBits: number, prefixBits: number]>> = {
  incremental: [0x40, 6],
  without: [0x00, 4],
  never: [0x10, 4],
};

/** One direction of one connection. Blocks must go out in the order they were encoded in. */
export class HpackEncoder {
  readonly #table = new DynamicTable(HPACK_TABLE_SIZE);
  readonly #out = new ByteWriter(512);
  /** The smallest bound since the last block, or null if it did not change (RFC 7541 §4.2). */
  #smallestSize: number | null = null;

  /**
   * Takes over the peer's SETTINGS_HEADER_TABLE_SIZE. A bound above our own is not used.
   *
   * @param size Bytes.
   */
  setMaxTableSize(size: number): void {
    const maxSize = Math.min(size, HPACK_TABLE_SIZE);
    if (maxSize === this.#table.maxSize) return;
    this.#smallestSize = Math.min(maxSize, this.#smallestSize ?? maxSize);
    this.#table.resize(maxSize);
  }

  /**
   * Encodes a header list.
   *
   * @param block The list.
   * @returns The encoding, valid until the next call.
   */
  encode(block: HeaderBlock): Uint8Array {
    const { encoding } = block;
    if (
      encoding !== null && encoding.encoder === this && encoding.generation === this.#table.generation &&
      this.#smallestSize === null
    ) {
      return encoding.bytes;
    }
    this.#out.length = 0;
    const sizeChanged = this.#encodeSizeUpdate();
    const { generation } = this.#table;
    for (const field of block.fields) this.#encodeField(field);
    const bytes = this.#out.bytes.subarray(0, this.#out.length);
    if (sizeChanged || generation !== this.#table.generation) return bytes;
    block.encoding = { encoder: this, generation, bytes: bytes.slice() };
    return block.encoding.bytes;
  }

  #encodeSizeUpdate(): boolean {
    if (this.#smallestSize === null) return false;
    const { maxSize } = this.#table;
    if (this.#smallestSize < maxSize) encodeInteger(this.#out, this.#smallestSize, 5, 0x20);
    encodeInteger(this.#out, maxSize, 5, 0x20);
    this.#smallestSize = null;
    return true;
  }

  #encodeField(field: HeaderField): void {
    const indexing = field.indexing ?? "incremental";
    if (indexing === "incremental") {
      const index = this.#indexOf(field);
      if (index > 0) {
        encodeInteger(this.#out, index, 7, 0x80);
        return;
      }
    }
    // A field that is larger than the table would empty it.
    const kept = indexing === "incremental" && fieldSize(field) <= this.#table.maxSize;
    const [highBits, prefixBits] = LITERAL[indexing === "incremental" && !kept ? "without" : indexing];
    const nameIndex = this.#indexOfName(field.name);
    encodeInteger(this.#out, nameIndex, prefixBits, highBits);
    if (nameIndex === 0) encodeString(this.#out, field.name);
    encodeString(this.#out, field.value);
    if (kept) this.#table.insert(field);
  }

  /** The index of a field as it is, or 0. */
  #indexOf(field: HeaderField): number {
    const same = (entry: HeaderField) => entry.name === field.name && entry.value === field.value;
    return this.#find(same);
  }

  /** The index of a field of this name, or 0. */
  #indexOfName(name: string): number {
    return this.#find((entry) => entry.name === name);
  }

  #find(matches: (entry: HeaderField) => boolean): number {
    const index = STATIC_TABLE.findIndex(matches);
    if (index >= 0) return index + 1;
    const dynamic = this.#table.fields.findIndex(matches);
    return dynamic < 0 ? 0 : STATIC_TABLE.length + dynamic + 1;
  }
}
