/**
 * What was received and not yet read, in order and bounded by bytes.
 *
 * @module
 */

import type { Revision } from "./assembler.ts";

/** The server's word that nothing more comes up to a revision, in its place among the events. */
export interface Progress {
  readonly progress: bigint;
}

/** One item of a watcher's buffer. */
export type Received = Revision | Progress;

/** A queue of revisions. It is empty, filling, or full for a revision that it does not admit. */
export class WatchBuffer {
  readonly #limit: number;
  readonly #largeAlone: boolean;
  #items: (Received | undefined)[] = [];
  #head = 0;
  #size = 0;

  /**
   * @param limit Bytes.
   * @param largeAlone Whether a revision above the limit is admitted while nothing else is held.
   */
  constructor(limit: number, largeAlone: boolean) {
    this.#limit = limit;
    this.#largeAlone = largeAlone;
  }

  /** Bytes held. */
  get size(): number {
    return this.#size;
  }

  /** Bytes that may be held. */
  get limit(): number {
    return this.#limit;
  }

  /** The oldest item; undefined when there is none. */
  get head(): Received | undefined {
    return this.#items[this.#head];
  }

  /** The item that is so many after the oldest; undefined when there is none. */
  at(index: number): Received | undefined {
    return this.#items[this.#head + index];
  }

  /** Whether a revision of so many bytes has room. */
  admits(size: number): boolean {
    return this.#size + size <= this.#limit || (this.#largeAlone && this.#size === 0);
  }

  /** Adds a revision that was admitted. */
  push(revision: Revision): void {
    this.#items.push(revision);
    this.#size += revision.size;
  }

  /** Adds progress. Of several in a row, only the last is kept. */
  progress(revision: bigint): void {
    const last = this.#items.at(-1);
    if (last !== undefined && "progress" in last) this.#items.pop();
    this.#items.push({ progress: revision });
  }

  /** Takes the oldest item; undefined when there is none. */
  shift(): Received | undefined {
    const item = this.head;
    if (item === undefined) return undefined;
    this.#items[this.#head++] = undefined;
    if ("size" in item) this.#size -= item.size;
    if (this.#head === this.#items.length) this.clear();
    else if (this.#head >= 1024 && this.#head * 2 >= this.#items.length) this.#compact();
    return item;
  }

  /** Forgets everything. */
  clear(): void {
    this.#items = [];
    this.#head = 0;
    this.#size = 0;
  }

  /** Gives back the places of what was taken, seldom enough to cost nothing. */
  #compact(): void {
    this.#items = this.#items.slice(this.#head);
    this.#head = 0;
  }
}
