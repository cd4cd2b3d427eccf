/**
 * What a proxied connection carries in one direction, and what is done to it.
 *
 * A direction flows, holds (nothing is read, so that the sender is pushed back, and nothing is lost), or drops
 * (everything is read and forgotten). It ends with its connection.
 *
 * @module
 */

import type { Socket } from "node:net";

/** How a direction treats what it carries. */
export interface Flow {
  readonly mode: "flow" | "hold" | "drop";
  /** Milliseconds by which everything is late. */
  readonly delay: number;
}

/** How a connection is cut: a FIN, or a RST. */
export type Cut = "end" | "reset";

/** Undisturbed. */
export const FLOW: Flow = { mode: "flow", delay: 0 };

interface Item {
  /** By `performance.now()`. */
  readonly due: number;
  /** Null for the end. */
  readonly bytes: Uint8Array | null;
}

/** See the module. */
export class Direction {
  readonly #from: Socket;
  readonly #to: Socket;
  readonly #onCut: (how: Cut) => void;
  readonly #queue: Item[] = [];
  #flow: Flow = FLOW;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #congested = false;
  #forwarded = 0;
  #lost = false;
  #cut: { readonly at: number; readonly how: Cut } | undefined;
  #flips: { readonly at: number; readonly mask: number }[] = [];
  /** Told of what is handed on. */
  onForward: (bytes: Uint8Array) => void = () => {};

  /** @param onCut Called when what {@linkcode Direction.cutAfter} asked for is due. */
  constructor(from: Socket, to: Socket, onCut: (how: Cut) => void) {
    this.#from = from;
    this.#to = to;
    this.#onCut = onCut;
    from.on("end", () => this.#take(null));
    to.on("drain", () => {
      this.#congested = false;
      this.#pump();
    });
  }

  /** Bytes handed on so far. */
  get forwarded(): number {
    return this.#forwarded;
  }

  /** Whether something was dropped, so that what follows would make no sense. */
  get lost(): boolean {
    return this.#lost;
  }

  /** Takes bytes of the sender. */
  take(bytes: Uint8Array): void {
    this.#take(bytes);
  }

  /** Treats what comes from now on, and what waits, in another way. */
  set(flow: Flow): void {
    this.#flow = flow;
    this.#pump();
  }

  /** Cuts the connection once so many more bytes were handed on; for 0, when the next one would be. */
  cutAfter(bytes: number, how: Cut): void {
    this.#cut = { at: this.#forwarded + bytes, how };
  }

  /**
   * Flips bits of the byte after so many more.
   *
   * @param mask Which bits.
   */
  flipAfter(bytes: number, mask = 0x40): void {
    this.#flips.push({ at: this.#forwarded + bytes, mask });
  }

  /** The connection is over. */
  close(): void {
    clearTimeout(this.#timer);
    this.#queue.length = 0;
  }

  #take(bytes: Uint8Array | null): void {
    if (this.#flow.mode === "drop") {
      this.#lost = true;
      return;
    }
    this.#queue.push({ due: performance.now() + this.#flow.delay, bytes });
    this.#pump();
  }

  /** Hands on what is due, and reads on where the sender need not be pushed back. */
  #pump(): void {
    clearTimeout(this.#timer);
    while (this.#queue.length > 0 && this.#flow.mode === "flow" && !this.#congested) {
      const wait = this.#queue[0].due - performance.now();
      if (wait > 0.5) { // timers count whole milliseconds
        this.#timer = setTimeout(() => this.#pump(), wait);
        break;
      }
      this.#hand(this.#queue.shift()!.bytes);
    }
    if (this.#flow.mode === "drop" && this.#queue.length > 0) {
      this.#lost = true;
      this.#queue.length = 0;
    }
    if (this.#flow.mode === "hold" || this.#congested) this.#from.pause();
    else this.#from.resume();
  }

  #hand(bytes: Uint8Array | null): void {
    if (this.#to.destroyed) return;
    if (bytes === null) {
      this.#to.end();
      return;
    }
    const cut = this.#cut !== undefined && this.#forwarded + bytes.length >= this.#cut.at
      ? this.#cut
      : undefined;
    const piece = this.#flipped(cut === undefined ? bytes : bytes.subarray(0, cut.at - this.#forwarded));
    this.#forwarded += piece.length;
    if (piece.length > 0) {
      this.onForward(piece);
      this.#congested = !this.#to.write(piece);
    }
    if (cut === undefined) return;
    this.#cut = undefined;
    this.#queue.length = 0;
    this.#onCut(cut.how);
  }

  #flipped(bytes: Uint8Array): Uint8Array {
    const here = this.#flips.filter(({ at }) => at < this.#forwarded + bytes.length);
    if (here.length === 0) return bytes;
    this.#flips = this.#flips.filter((flip) => !here.includes(flip));
    const copy = bytes.slice();
    for (const { at, mask } of here) copy[at - this.#forwarded] ^= mask;
    return copy;
  }
}
