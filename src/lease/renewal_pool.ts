/**
 * Which lease is renewed when, and on which stream.
 *
 * A kept lease is in one of these states:
 * - waiting, until a third of its ttl has passed since its last renewal;
 * - due: first come, first served;
 * - sent, on the stream with the most room, until that is answered;
 * - alone: the server refused it, so it has a stream of its own (`lone_renewals.ts`).
 *
 * One stream serves all, until its answers show that a round of all leases takes longer than a sixth of the
 * shortest ttl; then there are as many as it takes.
 *
 * What can go wrong, and what then:
 * - A stream fails: what it had not answered is due again, first in line; `recovery.ts` says what else.
 * - No answer comes for a third of a ttl: the same, on another endpoint; but late answers still count.
 * - A lease runs out while it waits for any of this: it is lost, and leaves.
 *
 * @module
 */

import { MAX_TIMER } from "../options.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { LoneRenewals } from "./lone_renewals.ts";
import { Recovery, suspectOf } from "./recovery.ts";
import type { Renewal } from "./renewal.ts";
import { RenewalStream } from "./renewal_stream.ts";
import type { TrackedLease } from "./tracked_lease.ts";

const MAX_STREAMS = 64;

/** Renews the leases that are kept alive. */
export class RenewalPool {
  readonly #rpc: Rpc;
  readonly #timers = new Map<TrackedLease, ReturnType<typeof setTimeout> | undefined>();
  readonly #lone: LoneRenewals;
  readonly #recovery: Recovery;
  readonly #streams = new Set<RenewalStream>();
  #due = new Set<TrackedLease>();
  /** The last stream that stalled. */
  #retired: RenewalStream | undefined;
  /** Milliseconds between two answers of a busy stream, smoothed. */
  #pace = 0;
  /** Milliseconds. */
  #shortestTtl = Infinity;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
    this.#lone = new LoneRenewals(rpc, (lease, renewal) => this.#renewed(lease, renewal));
    this.#recovery = new Recovery(rpc, {
      recovered: () => this.#pump(),
      again: (lease) => this.#again([lease]),
      refused: (lease) => this.#timers.has(lease) && this.#lone.add(lease),
    });
  }

  /** Keeps a lease alive from now on. */
  add(lease: TrackedLease): void {
    this.#timers.set(lease, undefined);
    this.#schedule(lease);
  }

  /** Renews a lease no more; without any lease nothing stays open. */
  delete(lease: TrackedLease): void {
    clearTimeout(this.#timers.get(lease));
    this.#timers.delete(lease);
    this.#due.delete(lease);
    this.#lone.delete(lease);
    if (this.#timers.size === 0) this.#rest();
  }

  #rest(): void {
    for (const stream of this.#streams) stream.close();
    this.#streams.clear();
    this.#retire(undefined);
    this.#recovery.stop();
    this.#pace = 0;
    this.#shortestTtl = Infinity;
  }

  #schedule(lease: TrackedLease): void {
    clearTimeout(this.#timers.get(lease));
    const delay = lease.ttl === undefined ? 0 : Math.max(0, lease.ttl / 3 - lease.age);
    const timer = setTimeout(() => this.#fallDue(lease), Math.min(delay, MAX_TIMER));
    this.#timers.set(lease, timer);
  }

  #fallDue(lease: TrackedLease): void {
    lease.look();
    if (!this.#timers.has(lease)) return;
    this.#due.add(lease);
    this.#pump();
  }

  /** Puts leases first in line. */
  #again(leases: readonly TrackedLease[]): void {
    this.#due = new Set([...leases.filter((lease) => this.#timers.has(lease)), ...this.#due]);
    this.#pump();
  }

  #renewed(lease: TrackedLease, renewal: Renewal): void {
    lease.renewed(renewal.ttl, renewal.sentAt);
    if (!this.#timers.has(lease)) return;
    this.#due.delete(lease);
    this.#shortestTtl = Math.min(this.#shortestTtl, lease.ttl ?? Infinity);
    this.#schedule(lease);
  }

  /** Streams for a round of all leases within a sixth of the shortest ttl. */
  get #wanted(): number {
    const round = this.#timers.size * this.#pace;
    return Math.min(MAX_STREAMS, Math.max(1, Math.ceil(round / (this.#shortestTtl / 6))));
  }

  /** Sends what is due, as far as there is room, and makes room. */
  #pump(): void {
    for (const lease of this.#due) {
      const stream = this.#roomiest();
      if (stream === undefined) break;
      this.#due.delete(lease);
      stream.send(lease);
    }
    if (this.#due.size === 0 || this.#recovery.waiting) return;
    while (this.#streams.size < this.#wanted) this.#open();
  }

  #roomiest(): RenewalStream | undefined {
    let best: RenewalStream | undefined;
    for (const stream of this.#streams) {
      if (stream.room > (best?.room ?? 0)) best = stream;
    }
    return best;
  }

  #open(): void {
    this.#streams.add(
      new RenewalStream(this.#rpc, {
        opened: () => this.#pump(),
        answered: (stream, lease, renewal) => this.#answered(stream, lease, renewal),
        stalled: (stream) => this.#stalled(stream),
        failed: (stream, error) => this.#failed(stream, error),
      }),
    );
  }

  #answered(stream: RenewalStream, lease: TrackedLease, renewal: Renewal): void {
    this.#recovery.worked();
    if (stream.pace !== undefined) this.#pace += (stream.pace - this.#pace) / 4;
    this.#renewed(lease, renewal);
    this.#pump();
    if (stream.unanswered.length > 0) return;
    if (stream === this.#retired) this.#retire(undefined);
    else if (this.#streams.size > 2 * this.#wanted && this.#streams.delete(stream)) stream.close();
  }

  #stalled(stream: RenewalStream): void {
    this.#streams.delete(stream);
    this.#retire(stream);
    if (stream.endpoint !== undefined) this.#rpc.avoid(stream.endpoint);
    this.#again(stream.unanswered);
  }

  #retire(stream: RenewalStream | undefined): void {
    stream?.retire();
    this.#retired?.close();
    this.#retired = stream;
  }

  #failed(stream: RenewalStream, error: unknown): void {
    if (!this.#streams.delete(stream)) return;
    const suspect = suspectOf(error, stream.unanswered);
    this.#recovery.start(stream, error, suspect);
    this.#again(stream.unanswered.filter((lease) => lease !== suspect));
  }
}
