/**
 * One watcher's life towards the server, whichever stream carries it.
 *
 * States:
 * - waiting: never created; it waits for a stream, or for the answer to its create request;
 * - live: the server sends it what happens;
 * - paused: its reader is slow, and the server has been told to forget it until there is room again;
 * - resuming: it was live, and waits to be created again where its bookmark is;
 * - ended: for good, by its owner or by an error.
 *
 * @module
 */

import type { WatchCreateRequest, WatchCreateRequest_FilterType } from "../../proto/gen/watch.ts";
import { EtcdClusterChangedError, EtcdWatchOverflowError } from "../errors.ts";
import { Assembler, type Revision } from "./assembler.ts";
import { Bookmark } from "./bookmark.ts";
import { WatchBuffer } from "./buffer.ts";
import type { WatchMessage } from "./message.ts";

/** What a watcher asks the server for, and how much of it may be held. */
export interface SubscriptionPlan {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
  /** `0n` for whatever comes after the creation. */
  readonly startRevision: bigint;
  readonly prevKv: boolean;
  readonly filters: readonly WatchCreateRequest_FilterType[];
  readonly maxBufferedBytes: number;
  readonly onOverflow: "pause" | "error";
}

/** Who reads what is received. */
export interface SubscriptionOwner {
  /** It was created for the first time: all that is newer than this revision will come. */
  ready(revision: bigint): void;
  /** Something may be taken from the buffer. */
  arrived(): void;
  /** It ended by itself; what the buffer holds comes before the error. */
  failed(error: unknown): void;
  /** It ended because the client was closed. */
  closed(): void;
}

/** Who carries it to the server. */
export interface SubscriptionHome {
  /** How often the cluster was found to be another one. */
  readonly clusterChanges: number;
  /** Creates them on a stream, now or as soon as there is one. */
  place(subscriptions: readonly Subscription[]): void;
  /** Takes it off its stream, and off the server. */
  release(subscription: Subscription): void;
  /** It was created anew after its stream was lost. */
  resumed(revision: bigint): void;
}

/** A watch has no effect that a failure could leave in doubt. */
const NOTHING_DONE = { maybeExecuted: "no" } as const;

type State = "waiting" | "live" | "paused" | "resuming" | "ended";

/** A watcher as the server knows it. */
export class Subscription {
  readonly plan: SubscriptionPlan;
  readonly bookmark: Bookmark;
  readonly buffer: WatchBuffer;
  /** On a stream of its own, so that what it lacks or is slow with does not hold back others. */
  isolated = false;
  /** How often the cluster had changed when it began on the one that it is on. */
  clusterChanges: number;
  /** When a new token was obtained for it, by `performance.now()`; undefined if none was since it was last created. */
  reauthenticatedAt: number | undefined;
  /** When the server last told how far it is, or it began, by `performance.now()`. */
  progressedAt: number = performance.now();
  readonly #home: SubscriptionHome;
  readonly #owner: SubscriptionOwner;
  readonly #assembler = new Assembler();
  #state: State = "waiting";
  #clusterId = 0n;
  #interrupted = false;
  /** Bytes in the buffer below which it goes on after a pause. */
  #lowWater = 0;

  constructor(plan: SubscriptionPlan, home: SubscriptionHome, owner: SubscriptionOwner) {
    this.plan = plan;
    this.bookmark = new Bookmark(plan.startRevision);
    this.buffer = new WatchBuffer(plan.maxBufferedBytes, plan.onOverflow === "pause");
    this.clusterChanges = home.clusterChanges;
    this.#home = home;
    this.#owner = owner;
  }

  get state(): State {
    return this.#state;
  }

  /** Whether a cluster is the one that it was created on, as far as that is known. */
  belongsTo(clusterId: bigint): boolean {
    return this.#clusterId === 0n || clusterId === 0n || clusterId === this.#clusterId;
  }

  /** The request that creates it where its bookmark is, under an id of the stream's choice. */
  createRequest(watchId: bigint): WatchCreateRequest {
    const { key, rangeEnd, prevKv, filters } = this.plan;
    return {
      key,
      rangeEnd,
      startRevision: this.bookmark.next,
      progressNotify: true,
      filters: [...filters],
      prevKv,
      watchId,
      fragment: true,
    };
  }

  /** The server has created it. */
  created({ clusterId, revision }: WatchMessage): void {
    if (!this.belongsTo(clusterId)) {
      this.fail(new EtcdClusterChangedError("Cannot go on watching: another cluster answered", NOTHING_DONE));
      return;
    }
    const first = this.#state === "waiting";
    if (this.#clusterId === 0n) this.#clusterId = clusterId;
    this.#state = "live";
    this.reauthenticatedAt = undefined;
    this.bookmark.created(revision);
    if (first) this.#owner.ready(this.bookmark.next - 1n);
    else if (this.#interrupted) this.#home.resumed(this.bookmark.next);
    this.#interrupted = false;
  }

  /** Events came. Those of a stream that was lost meanwhile come again on the next. */
  received({ events, fragment, revision }: WatchMessage): void {
    if (this.#state !== "live") return;
    this.bookmark.saw(revision);
    const wholes = this.#assembler.push(events, fragment, this.bookmark.floor);
    if (!this.#admit(wholes)) return this.#owner.arrived();
    const partial = this.#assembler.partialSize;
    if (partial > 0 && !this.buffer.admits(partial)) this.#overflow(partial);
    this.#owner.arrived();
  }

  /** The server has nothing more for it up to this revision. */
  progressed(revision: bigint): void {
    if (this.#state !== "live" || revision < this.bookmark.floor - 1n) return;
    this.progressedAt = performance.now();
    this.bookmark.progressed(revision);
    this.buffer.progress(revision);
    this.#owner.arrived();
  }

  /**
   * The server no longer has it.
   *
   * @param interrupted Whether that was unforeseen.
   */
  lost(interrupted: boolean): void {
    if (this.#state !== "live") return;
    this.#state = "resuming";
    this.#interrupted ||= interrupted;
    this.#assembler.discard();
  }

  /** Its reader has taken something. */
  drained(): void {
    if (this.#state !== "paused" || this.buffer.size > this.#lowWater) return;
    this.#state = "resuming";
    this.#home.place([this]);
  }

  /** Ends it; the owner hears of it, after what is in the buffer. */
  fail(error: unknown): void {
    if (this.#end()) this.#owner.failed(error);
  }

  /** Ends it, since the client is closed. */
  shut(): void {
    if (this.#end()) this.#owner.closed();
  }

  /** Ends it, as its owner wants; what is in the buffer is forgotten. Idempotent. */
  close(): void {
    this.#end();
    this.buffer.clear();
  }

  #end(): boolean {
    if (this.#state === "ended") return false;
    this.#state = "ended";
    this.#assembler.discard();
    this.#home.release(this);
    return true;
  }

  /** Whether the revisions had room, and more can come. */
  #admit(wholes: readonly Revision[]): boolean {
    let last: Revision | undefined, refused: Revision | undefined;
    for (const whole of wholes) {
      if (!this.buffer.admits(whole.size)) {
        refused = whole;
        break;
      }
      this.buffer.push(whole);
      last = whole;
    }
    if (last !== undefined) this.bookmark.received(last.revision);
    if (refused !== undefined) this.#overflow(refused.size);
    return refused === undefined;
  }

  /** The reader is too slow for a revision of `size` bytes, or for the part of one. */
  #overflow(size: number): void {
    const { limit } = this.buffer;
    if (this.plan.onOverflow === "error") {
      const found = `more than maxBufferedBytes (${limit}) came and was not read`;
      return this.fail(new EtcdWatchOverflowError(`Cannot go on watching: ${found}`, NOTHING_DONE));
    }
    this.#state = "paused";
    this.#lowWater = Math.max(0, Math.min(limit / 2, limit - size));
    this.#assembler.discard();
    this.isolated = true;
    this.#home.release(this);
  }
}
