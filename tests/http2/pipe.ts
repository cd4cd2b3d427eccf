/**
 * Two sockets in memory, what is written to one being read from the other.
 *
 * @module
 */

import type { Socket } from "../../src/socket.ts";

/** One end. */
export class PipeEnd implements Socket {
  /** The other end. */
  other!: PipeEnd;
  closed = false;
  /** How often `write` was called here. */
  writes = 0;
  /** While set, a write here does not resolve. */
  stalled: Promise<void> | null = null;
  #incoming: Uint8Array[] = [];
  #ended = false;
  #error: Error | null = null;
  #wake: () => void = () => {};

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#incoming.length === 0) {
      if (this.closed) return null;
      if (this.#error !== null) throw this.#error;
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    if (this.closed) return null;
    const chunk = this.#incoming[0];
    const count = Math.min(chunk.length, into.length);
    into.set(chunk.subarray(0, count));
    if (count === chunk.length) this.#incoming.shift();
    else this.#incoming[0] = chunk.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<void> {
    this.writes++;
    if (this.closed || this.#error !== null) throw this.#error ?? new Error("closed");
    this.other.#receive(bytes.slice());
    await this.stalled;
  }

  close(): void {
    this.closed = true;
    this.#wake();
    this.other.finish();
  }

  /** Lets the reader here see the end, behind what is there (FIN). */
  finish(): void {
    this.#ended = true;
    this.#wake();
  }

  /** Lets reads and writes here fail (RST). */
  fail(error: Error): void {
    this.#error = error;
    this.#wake();
  }

  #receive(bytes: Uint8Array): void {
    this.#incoming.push(bytes);
    this.#wake();
  }
}

/** Makes the two ends. */
export function pipe(): [PipeEnd, PipeEnd] {
  const ends: [PipeEnd, PipeEnd] = [new PipeEnd(), new PipeEnd()];
  ends[0].other = ends[1];
  ends[1].other = ends[0];
  return ends;
}
