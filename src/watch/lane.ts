/**
 * Watchers that share a stream, and the stream's replacement whenever it is lost.
 *
 * States: idle, without watchers; opening a stream; open; resting after a loss, a moment longer each time;
 * closed, for good.
 *
 * @module
 */

import { EtcdCompactedError, EtcdError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { fromStatus } from "../status_error.ts";
import { backoff, sleep } from "../timing.ts";
import { Watch, type WatchMessage } from "./message.ts";
import { clusterChanged, failAfterChange } from "./store_revision.ts";
import { type StreamObserver, WatchStream } from "./stream.ts";
import type { Subscription } from "./subscription.ts";
import { endsWatch, isOurs, isStaleToken } from "./verdict.ts";

/** Milliseconds before a lost stream is replaced: at first, and at most. */
const MIN_REST = 10;
const MAX_REST = 1_000;
/** After a stream that lasted so long, or brought something, the next rest is a first one. Milliseconds. */
const GOOD = 1_000;
/** The server reports progress by itself only every ten minutes; it is asked after so long without. Milliseconds. */
const PROGRESS_INTERVAL = 60_000;
/** Between two looks whether it is time to ask: few streams last long on a bad network. Milliseconds. */
const PROGRESS_LOOK = 5_000;

/** Tokens in a row that may be stale: its stream's, and what others have got since, more than once. */
const MAX_RENEWALS = 4;

/** A token may have expired while the process was suspended, before it was used. Milliseconds. */
const FRESH = 3_000;

/** Who owns lanes. */
export interface LaneHome {
  /** A new token is needed before this watcher can be created. */
  unauthenticated(subscription: Subscription, lane: Lane, error: EtcdError): void;
  /** No watcher is left. */
  emptied(lane: Lane): void;
  /** These watchers need another lane: this one was retired, and its stream has ended. */
  left(lane: Lane, subscriptions: readonly Subscription[]): void;
}

/** A set of watchers on one stream at a time. */
export class Lane implements StreamObserver {
  readonly #rpc: Rpc;
  readonly #home: LaneHome;
  readonly #members = new Set<Subscription>();
  /** Milliseconds for which an unused stream is kept. */
  #linger: number;
  #lingering: ReturnType<typeof setTimeout> | undefined;
  #stop = new AbortController();
  #stream: WatchStream | undefined;
  #token: string | undefined;
  #fruitful = false;
  /** When its stream was opened, by `performance.now()`; Infinity before it is. */
  #openedAt = Infinity;
  /** How often a token was obtained since a stream was any good. */
  #renewals = 0;
  /** How many streams failed by what is no error of a call since one was any good, or failed otherwise. */
  #strange = 0;
  #running = false;
  #retired = false;

  /** @param linger Milliseconds for which a stream without watchers is kept for the next one. */
  constructor(rpc: Rpc, home: LaneHome, linger: number) {
    this.#rpc = rpc;
    this.#home = home;
    this.#linger = linger;
  }

  /** How many watchers it carries. */
  get size(): number {
    return this.#members.size;
  }

  /** What its stream was opened with. */
  get token(): string | undefined {
    return this.#token;
  }

  /** Creates watchers on the stream, now or as soon as there is one. */
  add(subscriptions: readonly Subscription[]): void {
    clearTimeout(this.#lingering);
    for (const one of subscriptions) this.#members.add(one);
    const stream = this.#stream;
    if (stream !== undefined) {
      this.#admit(stream, subscriptions).catch((error) => this.#interrupt(stream, error));
    }
    if (!this.#running) this.#run();
  }

  /** Takes a watcher off. */
  remove(subscription: Subscription): void {
    if (!this.#members.delete(subscription)) return;
    this.#stream?.drop(subscription);
    if (this.#members.size === 0) this.#emptied();
  }

  /** Keeps the watchers that it has until its stream ends; then they leave. */
  retire(): void {
    this.#retired = true;
    this.#linger = 0;
    if (this.#members.size === 0) this.#emptied();
  }

  /**
   * Calls found that the cluster is another one. What is on the stream that shares their connection is of the new one
   * already, unless it starts at a revision of the old one.
   */
  clusterChanged(connection: object): void {
    const shared = this.#stream?.connection === connection;
    for (const member of [...this.#members]) {
      const { state, plan } = member;
      const here = shared && (state === "live" || state === "waiting");
      if (plan.startRevision > 0n && (here || state === "waiting")) member.fail(clusterChanged());
      else if (here) member.clusterChanges = this.#rpc.clusterChanges;
    }
  }

  /** Asks the server how far it is with all of the stream. */
  requestProgress(): void {
    this.#stream?.requestProgress();
  }

  /** Ends the stream and, quietly, every watcher. Idempotent. */
  close(): void {
    this.#linger = 0;
    this.#stream = undefined;
    for (const member of this.#members) member.shut();
    this.#emptied();
  }

  refused(subscription: Subscription, message: WatchMessage): void {
    const error = fromStatus("Cannot watch", Status.UNKNOWN, message.cancelReason);
    // Servers that name the requested id here say "permission denied" of an expired token as well.
    const doubtful = error.code === Status.PERMISSION_DENIED && message.watchId >= 0n;
    this.#judge(subscription, error, doubtful);
  }

  cancelled(subscription: Subscription, message: WatchMessage, start: bigint): void {
    const { compactRevision, cancelReason } = message;
    subscription.lost(compactRevision === 0n);
    if (compactRevision === 0n) {
      const reason = cancelReason || "the server cancelled the watch";
      return this.#judge(subscription, fromStatus("Cannot go on watching", Status.CANCELLED, reason), false);
    }
    // The server counts from the watcher's start where no event came since; the bookmark may be past it.
    if (start < compactRevision && subscription.bookmark.next >= compactRevision) {
      return this.#stream?.create(subscription);
    }
    const found =
      `revision ${subscription.bookmark.next} was compacted; ${compactRevision} is the oldest left`;
    subscription.fail(
      new EtcdCompactedError(`Cannot go on watching: ${found}`, { compactRevision, maybeExecuted: "no" }),
    );
  }

  /** Ends a watcher that the server does not want, unless another stream or token can help. */
  #judge(subscription: Subscription, error: EtcdError, doubtful: boolean): void {
    const stream = this.#stream;
    if (stream === undefined) return;
    const stale = isStaleToken(error) && !this.#isFresh(subscription);
    if (stale || (doubtful && subscription.reauthenticatedAt === undefined)) {
      this.#home.unauthenticated(subscription, this, error);
    } else if (error.retryable) {
      this.#interrupt(stream, error);
    } else {
      subscription.fail(error);
    }
  }

  /** Whether its token cannot have expired yet, unless it lives for a moment only. */
  #isFresh({ reauthenticatedAt = -Infinity }: Subscription): boolean {
    return performance.now() - reauthenticatedAt < FRESH;
  }

  /** Replaces the stream, because of something that happened beside it. */
  #interrupt(stream: WatchStream, error: unknown): void {
    if (this.#stream === stream) stream.break(error);
  }

  #emptied(): void {
    this.#home.emptied(this);
    clearTimeout(this.#lingering);
    if (this.#linger === 0) this.#stop.abort();
    else this.#lingering = setTimeout(() => this.#stop.abort(), this.#linger);
  }

  async #run(): Promise<void> {
    this.#running = true;
    [this.#renewals, this.#strange] = [0, 0];
    for (let failures = 0; this.#members.size > 0;) {
      this.#stop = new AbortController();
      const { signal } = this.#stop;
      [this.#openedAt, this.#fruitful] = [Infinity, false];
      try {
        await this.#carry(signal);
      } catch (error) {
        if (this.#rpc.closed.aborted) this.close();
        if (signal.aborted) continue;
        const good = this.#fruitful || performance.now() - this.#openedAt > GOOD;
        if (good) [failures, this.#renewals, this.#strange] = [0, 0, 0];
        failures++;
        await this.#survive(error);
        if (this.#retired) this.#leave();
        else await sleep(backoff(failures, MIN_REST, MAX_REST), signal).catch(() => {});
      }
    }
    this.#running = false;
  }

  /** Decides whether the watchers go on after their stream was lost. */
  async #survive(error: unknown): Promise<void> {
    const reason = isStaleToken(error) ? await this.#logIn(error) : error;
    if (reason === undefined) return;
    this.#strange = isOurs(reason) ? 0 : this.#strange + 1;
    if (!endsWatch(reason, this.#strange)) return;
    for (const member of this.#members) member.fail(EtcdError.from(reason));
  }

  /** Gets a token in place of a stale one; returns what is to be judged where there is none. */
  async #logIn(stale: unknown): Promise<unknown> {
    if (this.#renewals === MAX_RENEWALS) return stale;
    try {
      const renewed = await this.#rpc.renewToken(this.#token);
      if (!renewed) return stale;
      this.#renewals++;
      return undefined;
    } catch (refusal) {
      return refusal;
    }
  }

  #leave(): void {
    const members = [...this.#members];
    this.#members.clear();
    this.#home.left(this, members);
  }

  /** Opens a stream and serves it until it ends. */
  async #carry(signal: AbortSignal): Promise<void> {
    const opened = await this.#rpc.open(Watch, { signal });
    this.#token = opened.token;
    this.#openedAt = performance.now();
    const stream = this.#stream = new WatchStream(opened, this);
    const timer = setInterval(() => {
      const before = performance.now() - PROGRESS_INTERVAL;
      for (const { progressedAt } of this.#members) {
        if (progressedAt <= before) return stream.requestProgress();
      }
    }, PROGRESS_LOOK);
    try {
      await Promise.all([stream.pump(), this.#admit(stream, [...this.#members])]);
    } catch (error) {
      if (!signal.aborted) this.#rpc.avoid(opened.endpoint);
      throw error;
    } finally {
      clearInterval(timer);
      opened.close();
      this.#stream = undefined;
      this.#fruitful = stream.fruitful;
      for (const member of this.#members) member.lost(true);
    }
  }

  /** Creates watchers on a stream; those that were live before, once it is certain that they can go on. */
  async #admit(stream: WatchStream, subscriptions: readonly Subscription[]): Promise<void> {
    const seasoned = subscriptions.filter((one) => one.bookmark.seen > 0n);
    for (const one of subscriptions) {
      if (one.bookmark.seen > 0n) continue;
      if (one.plan.startRevision === 0n) one.clusterChanges = this.#rpc.clusterChanges;
      else if (one.clusterChanges !== this.#rpc.clusterChanges) one.fail(clusterChanged());
      if (this.#members.has(one)) stream.create(one);
    }
    if (seasoned.length === 0) return;
    await failAfterChange(this.#rpc, seasoned, this.#token, this.#stop.signal);
    if (this.#stream !== stream) return;
    for (const one of seasoned) if (this.#members.has(one)) stream.create(one);
  }
}
