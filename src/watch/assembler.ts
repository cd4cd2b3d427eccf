/**
 * Whole revisions out of responses.
 *
 * A response carries one or many revisions, in order. Where its last revision is cut, `fragment` is set and
 * the next response of the watcher goes on with it; `fragment` unset ends the revision.
 *
 * @module
 */

import { type EncodedEvent, revisionOf } from "./encoded_event.ts";

/** All changes that one revision made to the watched keys, in the server's order. */
export interface Revision {
  readonly revision: bigint;
  readonly events: readonly EncodedEvent[];
  /** Bytes. */
  readonly size: number;
}

/** Puts the revisions of one watcher together. It is empty, or holds the beginning of one revision. */
export class Assembler {
  #revision = 0n;
  #events: EncodedEvent[] = [];
  #size = 0;

  /** Bytes of the revision that is not whole yet. */
  get partialSize(): number {
    return this.#size;
  }

  /**
   * Takes the events of a response.
   *
   * @param fragment Whether the last revision goes on in the next response.
   * @param floor Revisions below it are dropped: a server may repeat what was delivered.
   * @returns The revisions that are whole now. Each is newer than the one before it.
   */
  push(events: readonly EncodedEvent[], fragment: boolean, floor: bigint): Revision[] {
    const whole: Revision[] = [];
    let least = floor;
    for (const event of events) {
      const revision = revisionOf(event);
      if (this.#events.length > 0 && revision !== this.#revision) {
        least = this.#revision + 1n;
        whole.push(this.#take());
      }
      if (revision < least) continue;
      this.#revision = revision;
      this.#events.push(event);
      this.#size += event.length;
    }
    if (!fragment && this.#events.length > 0) whole.push(this.#take());
    return whole;
  }

  /** Forgets the beginning of a revision, since a new stream sends all of it again. */
  discard(): void {
    this.#events = [];
    this.#size = 0;
  }

  #take(): Revision {
    const whole = { revision: this.#revision, events: this.#events, size: this.#size };
    this.discard();
    return whole;
  }
}
