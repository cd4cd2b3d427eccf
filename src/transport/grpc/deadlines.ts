/**
 * Deadlines of many calls with few timers.
 *
 * Calls with the same timeout end in the order they began, so one timer a timeout suffices; it is left alone when
 * calls end well, which nearly all do long before.
 *
 * @module
 */

/** Longest delay of a timer, 2^31-1 milliseconds; it is set again for what is longer. */
const MAX_DELAY = 0x7fffffff;

/** What has a deadline. */
export interface Expiring {
  /** Its time, as `performance.now()` tells it; set by the queue. */
  expiresAt: number;
  /** Its time has come; it is in no queue any more. */
  expire(): void;
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
   * @returns The queue to delete the item from when it needs no deadline any more.
   */
  add(item: Expiring, timeout: number): Set<Expiring> {
    let queue = this.#queues.get(timeout);
    if (queue === undefined) {
      queue = new Queue(() => this.#queues.delete(timeout));
      this.#queues.set(timeout, queue);
    }
    item.expiresAt = performance.now() + timeout;
    if (!this.#cleared) queue.add(item, timeout);
    return queue.items;
  }

  /** Clears the timers; nothing expires any more, not what is added later either. */
  clear(): void {
    this.#cleared = true;
    for (const queue of this.#queues.values()) queue.clear();
    this.#queues.clear();
  }
}

/** What has the same timeout, in the order it ends. */
class Queue {
  readonly items = new Set<Expiring>();
  readonly #onEmpty: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onEmpty: () => void) {
    this.#onEmpty = onEmpty;
  }

  add(item: Expiring, timeout: number): void {
    this.items.add(item);
    if (this.#timer === undefined) this.#arm(timeout);
  }

  clear(): void {
    clearTimeout(this.#timer);
    this.items.clear();
  }

  #arm(delay: number): void {
    this.#timer = setTimeout(() => this.#expire(), Math.min(Math.max(delay, 1), MAX_DELAY));
  }

  #expire(): void {
    const now = performance.now();
    for (const item of this.items) {
      if (item.expiresAt > now) return this.#arm(item.expiresAt - now);
      this.items.delete(item);
      item.expire();
    }
    this.#timer = undefined;
    this.#onEmpty();
  }
}
