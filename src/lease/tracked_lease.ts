/**
 * One lease as this client knows it.
 *
 * States:
 * - unknown: its ttl is not known yet. Only a lease that came from elsewhere, until its first renewal is answered.
 * - alive: it expires `ttl` after its last answered renewal was *sent*. The server counts from when it received
 *   that renewal, which is later, so its lease outlives ours.
 * - ended, for good: lost (it expired by our clocks, or the server has no such lease), revoked by this client,
 *   or no longer watched because the client was closed.
 *
 * What can go wrong, and what then:
 * - The process was suspended or its event loop blocked beyond the ttl: the signal looks at the clocks before it
 *   answers, and the next beat of the renewals looks for those who only listen.
 * - An answer comes after the lease ended here: it stays ended, though the server may hold it a little longer.
 * - Answers of two streams come in another order than the renewals were sent: the later renewal counts.
 * - The server grants or raises a ttl beyond what a timer can wait for: the timer looks and waits again.
 *
 * @module
 */

import { EtcdLeaseNotFoundError } from "../errors.ts";
import { MAX_TIMER } from "../options.ts";
import { between, elapsed, type Instant, now } from "./clock.ts";
import { leaseHex } from "./id.ts";
import { WatchfulSignal } from "./watchful_signal.ts";

/** How a lease ended. */
export type LeaseEnd = "lost" | "revoked" | "closed";

/** A lease and when it expires. */
export class TrackedLease {
  readonly id: bigint;
  readonly #watchful = new WatchfulSignal(() => this.look());
  #ttl: number | undefined;
  #how: LeaseEnd | undefined;
  #renewedAt: Instant = now();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(id: bigint) {
    this.id = id;
  }

  /** Aborts when the lease has ended here. */
  get signal(): AbortSignal {
    return this.#watchful.signal;
  }

  /** How it ended; undefined while it lives. */
  get how(): LeaseEnd | undefined {
    return this.#how;
  }

  get ended(): boolean {
    return this.#watchful.aborted;
  }

  /** Milliseconds; undefined while it is unknown. */
  get ttl(): number | undefined {
    return this.#ttl;
  }

  /** Milliseconds since the last answered renewal was sent. */
  get age(): number {
    return elapsed(this.#renewedAt);
  }

  /** Takes an answer: `ttl` in seconds, counted from when the renewal was sent. */
  renewed(ttl: number, sentAt: Instant): void {
    if (this.ended) return;
    if (ttl <= 0) return this.lose("the server has no such lease");
    if (this.#ttl !== undefined && between(this.#renewedAt, sentAt) === 0) return;
    this.limit(ttl, sentAt);
  }

  /** Has it expire here `ttl` seconds after `from`, whatever the server grants. */
  limit(ttl: number, from: Instant): void {
    if (this.ended) return;
    this.#ttl = ttl * 1000;
    this.#renewedAt = from;
    this.#wait();
  }

  /** Compares the clocks, and ends the lease where its time is over. */
  look(): void {
    if (this.#ttl === undefined || this.ended || this.age < this.#ttl) return;
    this.lose(`not renewed within its ttl of ${this.#ttl / 1000} s`);
  }

  /** Ends it as lost. */
  lose(found: string): void {
    const message = `Lease ${leaseHex(this.id)} is lost: ${found}`;
    this.#end(
      "lost",
      new EtcdLeaseNotFoundError(message, { reason: "LEASE_NOT_FOUND", maybeExecuted: "no" }),
    );
  }

  /** Ends it without an error. */
  end(how: "revoked" | "closed"): void {
    const found = how === "revoked" ? "it was revoked" : "the client is closed";
    this.#end(how, new DOMException(`Lease ${leaseHex(this.id)} is no longer held: ${found}`, "AbortError"));
  }

  #end(how: LeaseEnd, reason: unknown): void {
    if (this.ended) return;
    clearTimeout(this.#timer);
    this.#how = how;
    this.#watchful.abort(reason);
  }

  #wait(): void {
    clearTimeout(this.#timer);
    const left = (this.#ttl ?? 0) - this.age;
    this.#timer = setTimeout(() => {
      this.look();
      if (!this.ended) this.#wait();
    }, Math.min(Math.max(left, 0), MAX_TIMER));
  }
}
