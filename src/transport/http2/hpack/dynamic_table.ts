/**
 * The dynamic table, RFC 7541 §2.3.2 and §4: a queue of fields, newest first, bounded by size.
 *
 * @module
 */

import { fieldSize, type HeaderField } from "./header_field.ts";

/** One direction's table. At 4,096 bytes it holds at most 128 entries, so a plain array serves. */
export class DynamicTable {
  readonly #fields: HeaderField[] = [];
  #size = 0;
  #maxSize: number;
  /** Changes whenever an index may mean another field than before. */
  generation = 0;

  /**
   * Makes an empty table.
   *
   * @param maxSize Bytes.
   */
  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  /** The bound, in bytes. */
  get maxSize(): number {
    return this.#maxSize;
  }

  /** The bytes in use. */
  get size(): number {
    return this.#size;
  }

  /** The fields, newest first. */
  get fields(): readonly HeaderField[] {
    return this.#fields;
  }

  /**
   * Inserts a field, evicting the oldest as needed. One that is larger than the table leaves it empty, which is
   * no error (RFC 7541 §4.4).
   *
   * @param field The new newest entry.
   */
  insert(field: HeaderField): void {
    this.generation++;
    const size = fieldSize(field);
    this.#evict(this.#maxSize - size);
    if (size > this.#maxSize) return;
    this.#fields.unshift(field);
    this.#size += size;
  }

  /**
   * Changes the bound, evicting as needed (RFC 7541 §4.3).
   *
   * @param maxSize Bytes.
   */
  resize(maxSize: number): void {
    this.generation++;
    this.#maxSize = maxSize;
    this.#evict(maxSize);
  }

  #evict(room: number): void {
    while (this.#size > room && this.#fields.length > 0) {
      this.#size -= fieldSize(this.#fields.pop()!);
    }
  }
}
