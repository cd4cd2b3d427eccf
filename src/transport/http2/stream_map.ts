/**
 * Streams by their identifiers, for streams that live for a fraction of a millisecond.
 *
 * A `Map` moves its entries to a new table every few hundred insertions and deletions, and V8's old tables, once
 * they are tenured, keep what was in them alive until the next full collection: that cost more than the calls.
 *
 * @module
 */

import type { Http2Stream } from "./stream.ts";

/** Buckets at first; a power of two. */
const BUCKETS = 64;

/** A hash table whose chains run through the streams themselves. */
export class StreamMap {
  #buckets: (Http2Stream | null)[] = Array(BUCKETS).fill(null);
  #size = 0;

  /** How many streams are in it. */
  get size(): number {
    return this.#size;
  }

  /**
   * Finds a stream.
   *
   * @param id Its identifier.
   * @returns The stream, if it is in the map.
   */
  get(id: number): Http2Stream | undefined {
    let stream = this.#buckets[this.#bucketOf(id)];
    while (stream !== null && stream.id !== id) stream = stream.nextInBucket;
    return stream ?? undefined;
  }

  /**
   * Adds a stream.
   *
   * @param stream With an identifier that is not in the map.
   */
  add(stream: Http2Stream): void {
    if (this.#size++ === 2 * this.#buckets.length) this.#grow();
    this.#link(stream);
  }

  /**
   * Removes a stream.
   *
   * @param stream Whether it is in the map or not.
   */
  delete(stream: Http2Stream): void {
    const bucket = this.#bucketOf(stream.id);
    let before: Http2Stream | null = null;
    let found = this.#buckets[bucket];
    while (found !== null && found !== stream) {
      before = found;
      found = found.nextInBucket;
    }
    if (found === null) return;
    if (before === null) this.#buckets[bucket] = stream.nextInBucket;
    else before.nextInBucket = stream.nextInBucket;
    stream.nextInBucket = null;
    this.#size--;
  }

  /** A copy of what is in the map, in no order. */
  all(): Http2Stream[] {
    const streams: Http2Stream[] = [];
    for (const head of this.#buckets) {
      for (let stream = head; stream !== null; stream = stream.nextInBucket) streams.push(stream);
    }
    return streams;
  }

  /** A client's identifiers are the odd numbers. */
  #bucketOf(id: number): number {
    return (id >>> 1) & (this.#buckets.length - 1);
  }

  #link(stream: Http2Stream): void {
    const bucket = this.#bucketOf(stream.id);
    stream.nextInBucket = this.#buckets[bucket];
    this.#buckets[bucket] = stream;
  }

  #grow(): void {
    const streams = this.all();
    this.#buckets = Array(4 * this.#buckets.length).fill(null);
    for (const stream of streams) this.#link(stream);
  }
}
