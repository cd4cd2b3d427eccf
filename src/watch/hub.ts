/**
 * Which stream carries which watcher.
 *
 * All watchers of a client send the same metadata, and so they share one lane. Apart from it are kept:
 * watchers that were too slow once, or that wait for progress which another watcher holds up, each on a lane of
 * its own; and lanes whose token has expired, which keep the watchers they have, since the server checks a
 * token only when it creates a watcher.
 *
 * States: open, then closed for good.
 *
 * @module
 */

import { EtcdError } from "../errors.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { sleep } from "../timing.ts";
import { Lane, type LaneHome } from "./lane.ts";
import type { Subscription, SubscriptionHome } from "./subscription.ts";
import { endsLogin } from "./verdict.ts";

/** Milliseconds for which the shared stream is kept without watchers, since a waiter for a lock soon has another. */
const LINGER = 1_000;

/** Milliseconds between a login that failed and the next one for the same watcher. */
const LOGIN_REST = 500;

/** The watchers of one connected client. */
export class WatchHub implements LaneHome, SubscriptionHome {
  /** What calls are made with. */
  readonly rpc: Rpc;
  readonly #lanes = new Set<Lane>();
  readonly #laneOf = new Map<Subscription, Lane>();
  #shared: Lane | undefined;
  #closed = false;

  /** @param rpc What streams are opened with. */
  constructor(rpc: Rpc) {
    this.rpc = rpc;
    rpc.onClusterChange = (connection) => {
      for (const lane of [...this.#lanes]) lane.clusterChanged(connection);
    };
  }

  get clusterChanges(): number {
    return this.rpc.clusterChanges;
  }

  /** Asks the server how far it is with a watcher. The answer is one for the whole stream. */
  requestProgress(subscription: Subscription): void {
    this.#laneOf.get(subscription)?.requestProgress();
  }

  /**
   * Gives a watcher a stream of its own, where nobody else keeps the server from answering.
   *
   * @returns Whether it had to share one before.
   */
  isolate(subscription: Subscription): boolean {
    const lane = this.#laneOf.get(subscription);
    if (lane === undefined || lane.size === 1 || subscription.state !== "live") return false;
    this.release(subscription);
    subscription.isolated = true;
    subscription.lost(false);
    this.place([subscription]);
    return true;
  }

  place(subscriptions: readonly Subscription[]): void {
    if (this.#closed) return subscriptions.forEach((one) => one.shut());
    for (const one of subscriptions) if (one.isolated) this.#join(this.#open(0), [one]);
    const others = subscriptions.filter((one) => !one.isolated);
    if (others.length > 0) this.#join(this.#shared ??= this.#open(LINGER), others);
  }

  release(subscription: Subscription): void {
    const lane = this.#laneOf.get(subscription);
    this.#laneOf.delete(subscription);
    lane?.remove(subscription);
  }

  resumed(revision: bigint): void {
    this.rpc.options.emit({ type: "watchResumed", revision });
  }

  emptied(lane: Lane): void {
    if (lane !== this.#shared) this.#lanes.delete(lane);
  }

  left(lane: Lane, subscriptions: readonly Subscription[]): void {
    this.#lanes.delete(lane);
    this.place(subscriptions);
  }

  async unauthenticated(subscription: Subscription, lane: Lane, error: EtcdError): Promise<void> {
    this.release(subscription);
    try {
      const renewed = await this.rpc.renewToken(lane.token);
      if (!renewed) return subscription.fail(error);
      if (renewed === "new") subscription.reauthenticatedAt = performance.now();
    } catch (refusal) {
      if (endsLogin(refusal)) return subscription.fail(EtcdError.from(refusal));
      await sleep(LOGIN_REST, this.rpc.closed).catch(() => {});
    }
    if (lane === this.#shared) this.#shared = undefined;
    lane.retire();
    if (subscription.state !== "ended") this.place([subscription]);
  }

  /** Ends every watcher, quietly, and every stream. Idempotent. */
  close(): Promise<void> {
    this.#closed = true;
    for (const lane of this.#lanes) lane.close();
    this.#lanes.clear();
    return Promise.resolve();
  }

  #open(linger: number): Lane {
    const lane = new Lane(this.rpc, this, linger);
    this.#lanes.add(lane);
    return lane;
  }

  #join(lane: Lane, subscriptions: readonly Subscription[]): void {
    for (const one of subscriptions) this.#laneOf.set(one, lane);
    lane.add(subscriptions);
  }
}
