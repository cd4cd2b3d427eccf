/**
 * Time that also passes while the machine sleeps.
 *
 * The monotonic clock stops with the machine on several systems (`CLOCK_MONOTONIC` on Linux), the wall clock can
 * be set back. A lease goes on expiring at the server through both, so of the two the one that has gone further
 * counts. The price: a wall clock that is set forward by more than a lease's ttl costs the lease.
 *
 * @module
 */

/** A moment on both clocks. */
export interface Instant {
  /** Milliseconds of `performance.now()`. */
  readonly monotonic: number;
  /** Milliseconds of `Date.now()`. */
  readonly wall: number;
}

/** This moment. */
export function now(): Instant {
  return { monotonic: performance.now(), wall: Date.now() };
}

/** Milliseconds from `start` to `end`, at least 0, by the clock that went further. */
export function between(start: Instant, end: Instant): number {
  return Math.max(0, end.monotonic - start.monotonic, end.wall - start.wall);
}

/** Milliseconds since then, by the clock that went further. */
export function elapsed(since: Instant): number {
  return between(since, now());
}

/** Milliseconds that the wall clock went further than the monotonic one: a sleep, or a clock that was set. */
export function leap(start: Instant, end: Instant): number {
  return end.wall - start.wall - (end.monotonic - start.monotonic);
}
