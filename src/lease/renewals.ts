/**
 * The leases that a client knows, and the renewal of those that are kept alive.
 *
 * All communicators of a client share one of these, so that whoever renews or revokes a lease tells everybody who
 * holds it. A lease is known while somebody holds it (the caller it was granted to, a keeper, a session) and it
 * has not ended; it is renewed while one of them keeps it.
 *
 * What can go wrong, and what then:
 * - A kept lease ends as lost: the client is told by `leaseLost`, once.
 * - The machine slept: the leases are looked at within a beat after it, not when their timers come to it.
 * - The client is closed: what is left ends here without a word to the server, and runs out there.
 *
 * @module
 */

import type { CallOptions } from "../options.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { leap, now } from "./clock.ts";
import { type Renewal, renewOnce } from "./renewal.ts";
import { RenewalPool } from "./renewal_pool.ts";
import { TrackedLease } from "./tracked_lease.ts";

/** Milliseconds between looks at the clocks. */
const BEAT = 1_000;
/** Milliseconds that the clocks may drift apart in a beat; more is a sleep, or a clock that was set. */
const DRIFT = 200;

/** One holder's part in a lease. */
export interface LeaseHold {
  readonly lease: TrackedLease;
  /** Renews the lease from now on. */
  keep(): void;
  /** Renews it no more, and goes on watching it. */
  rest(): void;
  /** Lets go of it: what nobody holds ends here, and runs out at the server. */
  release(): void;
}

/** The leases of one connected client. States: open, then closed for good. */
export class LeaseRenewals {
  readonly #rpc: Rpc;
  readonly #pool: RenewalPool;
  readonly #leases = new Map<bigint, TrackedLease>();
  readonly #holders = new Map<TrackedLease, Set<LeaseHold>>();
  readonly #keepers = new Map<TrackedLease, Set<LeaseHold>>();
  #beat: ReturnType<typeof setInterval> | undefined;
  #closed = false;

  constructor(rpc: Rpc) {
    this.#rpc = rpc;
    this.#pool = new RenewalPool(rpc);
  }

  /**
   * Holds a lease.
   *
   * @param renewal Its grant or last renewal, where the caller knows it.
   */
  hold(id: bigint, renewal?: Renewal): LeaseHold {
    const lease = this.#leases.get(id) ?? this.#track(id);
    const hold: LeaseHold = {
      lease,
      keep: () => this.#keep(hold),
      rest: () => this.#rest(hold),
      release: () => this.#release(hold),
    };
    if (!lease.ended) added(this.#holders, lease, hold);
    if (renewal !== undefined) lease.renewed(renewal.ttl, renewal.sentAt);
    return hold;
  }

  /**
   * Renews a lease once.
   *
   * @param most Seconds after which the lease expires here at the latest, where the server grants more.
   * @returns What the server answered.
   * @throws {EtcdError} What the server or the way to it said.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The signal's reason, if it was aborted.
   */
  async renew(id: bigint, options: CallOptions, most = Infinity): Promise<Renewal> {
    const renewal = await renewOnce(this.#rpc, id, options);
    const { ttl, sentAt } = renewal;
    const lease = this.#leases.get(id);
    if (ttl > most) lease?.limit(most, sentAt);
    else lease?.renewed(ttl, sentAt);
    return renewal;
  }

  /** Ends a lease here that was revoked by this client, or that the server has no more. */
  forget(id: bigint, how: "revoked" | "lost"): void {
    const lease = this.#leases.get(id);
    if (how === "revoked") lease?.end(how);
    else lease?.lose("the server has no such lease");
  }

  /** Ends every lease here; at the server they run out. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    for (const lease of [...this.#leases.values()]) lease.end("closed");
    return Promise.resolve();
  }

  #track(id: bigint): TrackedLease {
    const lease = new TrackedLease(id);
    // The first to listen, so that it sees who kept the lease before they let go of it.
    lease.signal.addEventListener("abort", () => this.#ended(lease), { once: true });
    if (this.#leases.size === 0) this.#watchClocks();
    this.#leases.set(id, lease);
    if (this.#closed) lease.end("closed");
    return lease;
  }

  #keep(hold: LeaseHold): void {
    if (!hold.lease.ended && added(this.#keepers, hold.lease, hold) === 1) this.#pool.add(hold.lease);
  }

  #rest(hold: LeaseHold): void {
    if (removed(this.#keepers, hold.lease, hold) === 0) this.#pool.delete(hold.lease);
  }

  #release(hold: LeaseHold): void {
    this.#rest(hold);
    if (removed(this.#holders, hold.lease, hold) === 0) hold.lease.end("closed");
  }

  #ended(lease: TrackedLease): void {
    const kept = this.#keepers.delete(lease);
    this.#holders.delete(lease);
    this.#leases.delete(lease.id);
    this.#pool.delete(lease);
    if (this.#leases.size === 0) clearInterval(this.#beat);
    if (lease.how === "lost" && kept) this.#rpc.options.emit({ type: "leaseLost", lease: lease.id });
  }

  /** Notices within a beat that the machine slept. Runs while a lease is known. */
  #watchClocks(): void {
    let before = now();
    this.#beat = setInterval(() => {
      const at = now();
      const slept = leap(before, at) > DRIFT;
      before = at;
      if (!slept) return;
      for (const lease of [...this.#leases.values()]) lease.look();
    }, BEAT);
  }
}

/** Adds a hold to a lease's; how many there are then. */
function added(holds: Map<TrackedLease, Set<LeaseHold>>, lease: TrackedLease, hold: LeaseHold): number {
  const of = holds.get(lease) ?? new Set();
  holds.set(lease, of.add(hold));
  return of.size;
}

/** Removes a hold from a lease's; how many are left, or -1 where it was none of them. */
function removed(holds: Map<TrackedLease, Set<LeaseHold>>, lease: TrackedLease, hold: LeaseHold): number {
  const of = holds.get(lease);
  if (of === undefined || !of.delete(hold)) return -1;
  if (of.size === 0) holds.delete(lease);
  return of.size;
}
