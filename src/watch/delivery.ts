/**
 * What a watcher hands out, and how far it has come with it.
 *
 * A revision is in the buffer, then in hand while its events are handed out one by one, then delivered. Progress
 * takes its turn among the revisions: it counts once all that came before it is delivered.
 *
 * @module
 */

import { changeAt, countOf, type Revision } from "./assembler.ts";
import type { Received, WatchBuffer } from "./buffer.ts";
import type { WireKeyValue } from "../rpc/wire/key_value.ts";
import { EventBatch, type EventReader } from "./events.ts";
import type { ReaderPosition } from "./progress_requests.ts";
import type { WatchBatch, WatchEvent } from "./types.ts";

/** Who is told of what was delivered. */
export interface DeliveryObserver {
  /** A revision has left the buffer. */
  taken(): void;
  /** All up to this revision is delivered; `progress` where the server said so, not an event. */
  delivered(revision: bigint, progress: boolean): void;
}

/** The way of one watcher's events from the buffer to the reader. */
export class Delivery<V> implements ReaderPosition {
  readonly #buffer: WatchBuffer;
  readonly #events: EventReader<V>;
  readonly #observer: DeliveryObserver;
  readonly #upcoming = (most: number) => this.#lookAhead(most);
  #inHand: Revision | undefined;
  /** The next event of the revision in hand. */
  #index = 0;
  /** All up to this revision is delivered. */
  #done: bigint;
  #handedOut = 0;

  constructor(
    buffer: WatchBuffer,
    events: EventReader<V>,
    startRevision: bigint,
    observer: DeliveryObserver,
  ) {
    this.#buffer = buffer;
    this.#events = events;
    this.#done = startRevision - 1n;
    this.#observer = observer;
  }

  get resumeRevision(): bigint {
    return this.#done + 1n;
  }

  get handedOut(): number {
    return this.#handedOut;
  }

  get pending(): boolean {
    return this.#inHand !== undefined || this.#buffer.head !== undefined;
  }

  /** Moves past a revision that needs no delivery. */
  startAfter(revision: bigint): void {
    if (revision > this.#done) this.#done = revision;
  }

  /**
   * Hands out the next event.
   *
   * @returns Undefined when there is none now.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   */
  takeEvent(): WatchEvent<V> | undefined {
    for (;;) {
      const revision = this.#inHand ??= this.#next();
      if (revision === undefined) return undefined;
      const event = this.#takeOf(revision);
      if (this.#index === countOf(revision)) this.#finish(revision);
      if (event !== undefined) return event;
    }
  }

  /**
   * Hands out the next revision.
   *
   * @returns Undefined when there is none now.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   */
  takeBatch(): WatchBatch<V> | undefined {
    for (;;) {
      const revision = this.#inHand = this.#next();
      if (revision === undefined) return undefined;
      const events: WatchEvent<V>[] = [];
      while (this.#index < countOf(revision)) {
        const event = this.#takeOf(revision);
        if (event !== undefined) events.push(event);
      }
      this.#finish(revision);
      if (events.length > 0) return new EventBatch(revision.revision, events);
    }
  }

  /** Lets progress count that has nothing before it. */
  settle(): void {
    if (this.#inHand !== undefined) return;
    for (let head = this.#buffer.head; head && "progress" in head; head = this.#buffer.head) {
      this.#buffer.shift();
      this.#delivered(head.progress, true);
    }
  }

  /** Forgets what was not handed out. */
  clear(): void {
    this.#buffer.clear();
    this.#inHand = undefined;
  }

  #takeOf(revision: Revision): WatchEvent<V> | undefined {
    const event = this.#events.event(changeAt(revision, this.#index), this.#upcoming);
    this.#index++;
    this.#handedOut++;
    return event;
  }

  /** Changed keys that are not handed out yet, from the revision in hand on. */
  #lookAhead(most: number): WireKeyValue[] {
    const found: WireKeyValue[] = [];
    let item: Received | undefined = this.#inHand;
    let index = this.#index;
    for (let next = 0; item !== undefined && found.length < most; item = this.#buffer.at(next++), index = 0) {
      if ("progress" in item) continue;
      for (; index < countOf(item) && found.length < most; index++) {
        const { kv } = changeAt(item, index);
        if (kv !== undefined) found.push(kv);
      }
    }
    return found;
  }

  #next(): Revision | undefined {
    this.settle();
    const head = this.#buffer.shift();
    if (head === undefined || "progress" in head) return undefined;
    this.#index = 0;
    this.#observer.taken();
    return head;
  }

  #finish({ revision }: Revision): void {
    this.#inHand = undefined;
    this.#delivered(revision, false);
    this.settle();
  }

  #delivered(revision: bigint, progress: boolean): void {
    this.startAfter(revision);
    this.#observer.delivered(revision, progress);
  }
}
