/**
 * What a watcher hands out, and how far it has come with it.
 *
 * A revision is in the buffer, then in hand while its events are handed out one by one, then delivered. Progress
 * takes its turn among the revisions: it counts once all that came before it is delivered.
 *
 * @module
 */

import type { Revision } from "./assembler.ts";
import type { WatchBuffer } from "./buffer.ts";
import type { EventReader } from "./events.ts";
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
  #inHand: Revision | undefined;
  /** The next event of the revision in hand. */
  #index = 0;
  #resumeRevision: bigint;
  #handedOut = 0;

  constructor(
    buffer: WatchBuffer,
    events: EventReader<V>,
    startRevision: bigint,
    observer: DeliveryObserver,
  ) {
    this.#buffer = buffer;
    this.#events = events;
    this.#resumeRevision = startRevision;
    this.#observer = observer;
  }

  get resumeRevision(): bigint {
    return this.#resumeRevision;
  }

  get handedOut(): number {
    return this.#handedOut;
  }

  get pending(): boolean {
    return this.#inHand !== undefined || this.#buffer.head !== undefined;
  }

  /** Moves past a revision that needs no delivery. */
  startAfter(revision: bigint): void {
    if (revision >= this.#resumeRevision) this.#resumeRevision = revision + 1n;
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
      const event = this.#events.event(revision.events[this.#index]);
      this.#handedOut++;
      if (++this.#index === revision.events.length) this.#finish(revision);
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
      const batch = this.#events.batch(revision.revision, revision.events);
      this.#handedOut += revision.events.length;
      this.#finish(revision);
      if (batch.events.length > 0) return batch;
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
