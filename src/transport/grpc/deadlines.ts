/**
 * Deadlines of many calls with few timers.
 *
 * Calls with the same timeout end in the order they began, so one timer a timeout suffices; it is left alone when
 * calls end well, which nearly all do long before. The queues are chains through the calls themselves, for the
 * reason that `StreamMap` gives.
 *
 * @module
 */

/** Longest delay of a timer, 2^31-1 milliseconds; it is set again for what is longer. */
const MAX_DELAY = 0x7fffffff;

/** What has a deadline. */
export abstract class Expiring {
  /** Its time, as `performance.now()` tells it; Infinity without one. */
  expiresAt = Infinity;
  /** Its neighbours, or itself where it is in no queue. */
  before: Expiring = this;
  /** See `before`. */
  after: Expiring = this;

  /** Its time has come; it is in no queue any more. */
  abstract expire(): void;

  /** It needs its deadline no more. Idempotent. */
  dropDeadline(): void {
    this.before.after = this.after;
    this.after.before = this.before;
    this.before = this;
    this.after = this;
  }
}

/** All deadlines of a connection. */
export class Deadlines {
  readonly #queues = new Map<number, Queue>();
  #cleared = false;

  /**
   * Sets a deadline.
   *
   * @param item What has it.
   * @param timeout Milliseconds from now, positive.
   */
  add(item: Expiring, timeout: number): void {
    item.expiresAt = performance.now() + timeout;
    if (this.#cleared) return;
    let queue = this.#queues.get(timeout);
    if (queue === undefined) {
      queue = new Queue(timeout, () => this.#queues.delete(timeout));
      this.#queues.set(timeout, queue);
    }
    queue.add(item);
  }

  /** Clears the timers; nothing expires any more, not what is added later either. */
  clear(): void {
    this.#cleared = true;
    for (const queue of this.#queues.values()) queue.clear();
    this.#queues.clear();
  }
}

/** What has the same timeout, in the order it ends: a ring that the queue itself is the beginning and end of. */
class Queue extends Expiring {
  readonly #onEmpty: () => void;
  #timer: ReturnType<typeof setTimeout>;

  constructor(timeout: number, onEmpty: () => void) {
    super();
    this.#onEmpty = onEmpty;
    this.#timer = this.#arm(timeout);
  }

  add(item: Expiring): void {
    item.before = this.before;
    item.after = this;
    this.before.after = item;
    this.before = item;
  }

  clear(): void {
    clearTimeout(this.#timer);
  }

  expire(): void {
    const now = performance.now();
    while (this.after !== this) {
      const first = this.after;
      if (first.expiresAt > now) {
        this.#timer = this.#arm(first.expiresAt - now);
        return;
      }
      first.dropDeadline();
      first.expire();
    }
    this.#onEmpty();
  }

  #arm(delay: number): ReturnType<typeof setTimeout> {
    return setTimeout(() => this.expire(), Math.min(Math.max(delay, 1), MAX_DELAY));
  }
}
