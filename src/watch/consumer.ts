/**
 * The one iteration over a watcher.
 *
 * It is written by hand: what is there is handed out at once, without the promises that a generator or a
 * stream would put in between, which cost more than the event.
 *
 * @module
 */

/** What is iterated over. */
export interface Source<T> {
  /**
   * The next item; undefined when there is none now.
   *
   * @throws What the item cannot be had for; the source has ended then.
   */
  take(): T | undefined;
  /**
   * Whether nothing more comes.
   *
   * @throws What it ended with, the first time it is asked.
   */
  ended(): boolean;
  /** The reader wants no more. */
  close(): void;
}

/** An iterator that may be asked for several items before the first is there. */
export class Consumer<T> implements AsyncIterableIterator<T> {
  readonly #source: Source<T>;
  readonly #waiting: PromiseWithResolvers<IteratorResult<T>>[] = [];

  constructor(source: Source<T>) {
    this.#source = source;
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#waiting.length === 0) {
      try {
        const result = this.#poll();
        if (result !== undefined) return Promise.resolve(result);
      } catch (error) {
        return Promise.reject(error);
      }
    }
    const waiting = Promise.withResolvers<IteratorResult<T>>();
    this.#waiting.push(waiting);
    return waiting.promise;
  }

  return(value?: unknown): Promise<IteratorResult<T>> {
    this.#source.close();
    this.wake();
    return Promise.resolve({ done: true, value });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  /** Serves those who wait, after something has arrived or the source has ended. */
  wake(): void {
    while (this.#waiting.length > 0) {
      try {
        const result = this.#poll();
        if (result === undefined) return;
        this.#waiting.shift()?.resolve(result);
      } catch (error) {
        this.#waiting.shift()?.reject(error);
      }
    }
  }

  #poll(): IteratorResult<T> | undefined {
    const value = this.#source.take();
    if (value !== undefined) return { done: false, value };
    return this.#source.ended() ? { done: true, value: undefined } : undefined;
  }
}
