/**
 * Decoding header blocks, RFC 7541 §3 and §6.
 *
 * @module
 */

import { ConnectionError, ErrorCode, StreamError } from "../errors.ts";
import { HPACK_TABLE_SIZE, MAX_HEADER_FIELDS, MAX_HEADER_LIST_SIZE } from "../limits.ts";
import { BlockCache } from "./block_cache.ts";
import { DynamicTable } from "./dynamic_table.ts";
import { fieldSize, type HeaderField, type HeaderList } from "./header_field.ts";
import { type Cursor, decodeInteger } from "./integer.ts";
import { STATIC_TABLE } from "./static_table.ts";
import { decodeString } from "./string.ts";

/** One direction of one connection. Blocks must be decoded in the order they came in, wanted or not. */
export class HpackDecoder {
  readonly #table = new DynamicTable(HPACK_TABLE_SIZE);
  readonly #cache = new BlockCache();

  /**
   * Decodes a header block. The same object may be returned for the same block, so that callers may remember
   * what they found in it.
   *
   * @param bytes Holds the block.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @returns The fields.
   * @throws {ConnectionError} If it is malformed (COMPRESSION_ERROR, RFC 9113 §4.3).
   * @throws {StreamError} If the list is over a limit; the table is up to date then.
   */
  decode(bytes: Uint8Array, start: number, end: number): HeaderList {
    const { generation } = this.#table;
    const cached = this.#cache.get(generation, bytes, start, end);
    if (cached !== undefined) return cached;
    const cursor: Cursor = { bytes, at: start, end };
    this.#decodeSizeUpdates(cursor);
    const fields: HeaderField[] = [];
    let size = 0;
    while (cursor.at < end) {
      const field = this.#decodeField(cursor);
      size += fieldSize(field);
      // What is over the limit is decoded for the table's sake and dropped.
      if (fields.length <= MAX_HEADER_FIELDS && size <= MAX_HEADER_LIST_SIZE) fields.push(field);
    }
    if (fields.length > MAX_HEADER_FIELDS || size > MAX_HEADER_LIST_SIZE) {
      throw new StreamError(ErrorCode.ENHANCE_YOUR_CALM, "header list over the limit");
    }
    if (generation === this.#table.generation) this.#cache.set(generation, bytes, start, end, fields);
    return fields;
  }

  /** Changes of the table's size come before the first field only, RFC 7541 §4.2. */
  #decodeSizeUpdates(cursor: Cursor): void {
    while (cursor.at < cursor.end && (cursor.bytes[cursor.at] & 0xe0) === 0x20) {
      const size = decodeInteger(cursor, 5);
      if (size > HPACK_TABLE_SIZE) throw malformed(`table size ${size}`);
      this.#table.resize(size);
    }
  }

  #decodeField(cursor: Cursor): HeaderField {
    const first = cursor.bytes[cursor.at];
    if ((first & 0x80) !== 0) return this.#entry(decodeInteger(cursor, 7));
    if ((first & 0x40) !== 0) {
      const field = this.#decodeLiteral(cursor, 6);
      this.#table.insert(field);
      return field;
    }
    if ((first & 0x20) !== 0) throw malformed("table size update behind a field");
    return this.#decodeLiteral(cursor, 4);
  }

  #decodeLiteral(cursor: Cursor, prefixBits: number): HeaderField {
    const nameIndex = decodeInteger(cursor, prefixBits);
    const name = nameIndex === 0 ? decodeString(cursor) : this.#entry(nameIndex).name;
    return { name, value: decodeString(cursor) };
  }

  #entry(index: number): HeaderField {
    const field = index <= STATIC_TABLE.length
      ? STATIC_TABLE[index - 1]
      : this.#table.fields[index - STATIC_TABLE.length - 1];
    if (field === undefined) throw malformed(`index ${index}`);
    return field;
  }
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, `malformed header block: ${what}`);
}
