/**
 * Whole revisions out of responses.
 *
 * A response carries one or many revisions, in order. Where its last revision is cut, `fragment` is set and
 * the next response of the watcher goes on with it; `fragment` unset ends the revision.
 *
 * @module
 */

import type { WireEvent } from "../rpc/wire/event.ts";

/** Changes of one revision, more than one. */
export class EventGroup {
  readonly events: readonly WireEvent[];
  /** Bytes. */
  readonly size: number;

  constructor(events: readonly WireEvent[], size: number) {
    this.events = events;
    this.size = size;
  }

  get revision(): bigint {
    return this.events[0].revision;
  }
}

/**
 * All changes that one revision made to the watched keys, in the server's order. Nearly always it is one, which then
 * stands for itself.
 */
export type Revision = WireEvent | EventGroup;

/** How many changes a revision has. */
export function countOf(revision: Revision): number {
  return revision instanceof EventGroup ? revision.events.length : 1;
}

/** One of them. */
export function changeAt(revision: Revision, index: number): WireEvent {
  return revision instanceof EventGroup ? revision.events[index] : revision;
}

/** Puts the revisions of one watcher together. It is empty, or holds the beginning of one revision. */
export class Assembler {
  #first: WireEvent | undefined;
  /** What follows the first. */
  #rest: WireEvent[] = [];
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
  push(events: readonly WireEvent[], fragment: boolean, floor: bigint): Revision[] {
    const whole: Revision[] = [];
    let past = floor - 1n;
    for (const event of events) {
      const { revision } = event;
      if (this.#first !== undefined && revision !== this.#first.revision) {
        past = this.#first.revision;
        whole.push(this.#take(this.#first));
      }
      if (revision <= past) continue;
      if (this.#first === undefined) this.#first = event;
      else this.#rest.push(event);
      this.#size += event.size;
    }
    if (!fragment && this.#first !== undefined) whole.push(this.#take(this.#first));
    return whole;
  }

  /** Forgets the beginning of a revision, since a new stream sends all of it again. */
  discard(): void {
    this.#first = undefined;
    if (this.#rest.length > 0) this.#rest = [];
    this.#size = 0;
  }

  #take(first: WireEvent): Revision {
    const whole = this.#rest.length === 0 ? first : new EventGroup([first, ...this.#rest], this.#size);
    this.discard();
    return whole;
  }
}
