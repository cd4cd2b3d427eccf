/**
 * Where a watcher goes on after an interruption.
 *
 * Only what was received moves a bookmark: the revision of events, or progress that the server reported. The
 * revision in the header of an event's response does not, since catch-up batches carry the current one.
 *
 * @module
 */

/** A watcher's place in the history of the store. Unset until a first revision is known, it never goes down. */
export class Bookmark {
  #next: bigint;
  #floor: bigint;
  #seen = 0n;

  /** @param start The first revision that the owner wants; `0n` for whatever comes after the creation. */
  constructor(start: bigint) {
    this.#next = start;
    this.#floor = start;
  }

  /** The revision to ask the server for: all before it was received; `0n` for whatever is next. */
  get next(): bigint {
    return this.#next;
  }

  /** Events below it are repetitions, or older than what was asked for. */
  get floor(): bigint {
    return this.#floor;
  }

  /**
   * The newest revision of the store that the server has shown to this watcher; `0n` before it was created.
   * Unlike `next` it never comes from the owner, who may ask for a revision of the future.
   */
  get seen(): bigint {
    return this.#seen;
  }

  /** Takes note of the store's revision as a response's header tells it. */
  saw(revision: bigint): void {
    if (revision > this.#seen) this.#seen = revision;
  }

  /**
   * The server has created the watcher. The server registers it before it reads the header's revision, so that
   * a change up to that revision can still come; it is dropped.
   *
   * @param revision The revision of the response's header.
   */
  created(revision: bigint): void {
    this.saw(revision);
    if (this.#next === 0n) this.#next = revision + 1n;
    this.#floor = this.#next;
  }

  /** A whole revision was received. */
  received(revision: bigint): void {
    this.saw(revision);
    if (revision >= this.#floor) this.#floor = revision + 1n;
    if (revision >= this.#next) this.#next = revision + 1n;
  }

  /** The server has nothing more up to this revision. It moves no floor: a wrong report must not cost events. */
  progressed(revision: bigint): void {
    this.saw(revision);
    if (revision >= this.#next) this.#next = revision + 1n;
  }
}
