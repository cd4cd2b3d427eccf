/**
 * Header blocks that were decoded before. A gRPC server's answers differ in nothing: two blocks of some bytes,
 * indexed fields only, again and again.
 *
 * @module
 */

import type { HeaderList } from "./header_field.ts";

/** Blocks kept; a connection sees two kinds, headers and trailers. */
const SLOTS = 4;

/** Bytes of the longest block kept; longer ones hold literals, which do not repeat. */
const MAX_BLOCK = 32;

interface Slot {
  readonly generation: number;
  readonly block: Uint8Array;
  readonly fields: HeaderList;
}

/** The last few blocks that left the table as it was: while it stays so, they mean the same. */
export class BlockCache {
  readonly #slots: Slot[] = [];
  #next = 0;

  /**
   * Looks a block up.
   *
   * @param generation The table's.
   * @param bytes Holds the block.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @returns What it was decoded to, if it is known.
   */
  get(generation: number, bytes: Uint8Array, start: number, end: number): HeaderList | undefined {
    const length = end - start;
    if (length > MAX_BLOCK) return undefined;
    next: for (const slot of this.#slots) {
      const { block } = slot;
      if (block.length !== length || slot.generation !== generation) continue;
      for (let i = 0; i < length; i++) {
        if (block[i] !== bytes[start + i]) continue next;
      }
      return slot.fields;
    }
    return undefined;
  }

  /**
   * Keeps a block, in place of the oldest.
   *
   * @param generation The table's.
   * @param bytes Holds the block.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @param fields What it was decoded to.
   */
  set(generation: number, bytes: Uint8Array, start: number, end: number, fields: HeaderList): void {
    if (end - start > MAX_BLOCK) return;
    this.#slots[this.#next] = { generation, block: bytes.slice(start, end), fields };
    this.#next = (this.#next + 1) % SLOTS;
  }
}
