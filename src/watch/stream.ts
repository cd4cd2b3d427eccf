/**
 * One open Watch stream and the watchers on it.
 *
 * A watcher on it is pending, from its create request to the answer, then live until it is dropped. Answers to
 * creates come in the order of the requests, refusals included, so that creates need not wait for each other.
 *
 * @module
 */

import type { WatchRequest } from "../../proto/gen/watch.ts";
import { EtcdUnavailableError } from "../errors.ts";
import type { RpcStream } from "../rpc/rpc.ts";
import type { WatchMessage } from "./message.ts";
import type { Subscription } from "./subscription.ts";

/** Where progress of the whole stream is reported. */
const WHOLE_STREAM = -1n;

/** What the server decides about a watcher, and not the watcher about itself. */
export interface StreamObserver {
  /** The server will not create it. */
  refused(subscription: Subscription, message: WatchMessage): void;
  /**
   * The server has cancelled it.
   *
   * @param start The revision it was created with.
   */
  cancelled(subscription: Subscription, message: WatchMessage, start: bigint): void;
}

/** A watcher on this stream. */
interface Entry {
  readonly subscription: Subscription;
  /** Its start revision on the wire; `0n` for none. */
  readonly start: bigint;
  /** Known to the server as; undefined while the create is unanswered. */
  id: bigint | undefined;
  /** Dropped before it was answered. */
  dropped: boolean;
}

/** The protocol of one stream. States: open, until the stream ends. */
export class WatchStream {
  readonly #stream: RpcStream<WatchRequest, WatchMessage>;
  readonly #observer: StreamObserver;
  readonly #entries = new Map<Subscription, Entry>();
  readonly #pending: Entry[] = [];
  readonly #live = new Map<bigint, Entry>();
  /**
   * Servers before 3.4.25 and 3.5.8 let requested progress overtake events. They betray themselves: they answer
   * also where no watcher is (etcd `v3rpc/watch.go`; newer ones leave it out), so a first request goes ahead of
   * the first create. What they say of the whole stream is not believed.
   */
  #overtakes = false;
  #answered = false;
  #fruitful = false;
  #lastId = 0n;
  #broken: { readonly reason: unknown } | undefined;

  constructor(stream: RpcStream<WatchRequest, WatchMessage>, observer: StreamObserver) {
    this.#stream = stream;
    this.#observer = observer;
    this.requestProgress();
  }

  /** What carries it. */
  get connection(): object {
    return this.#stream.connection;
  }

  /** Whether it has brought a watcher forward. */
  get fruitful(): boolean {
    return this.#fruitful;
  }

  /** Asks the server for a watcher, unless it is here already. */
  create(subscription: Subscription): void {
    if (this.#entries.has(subscription)) return;
    // An id of ours, never used twice: up to 3.4.21 and 3.5.5 a refused create makes the server forget whoever
    // has the id that was asked for, and 0, "choose one", is a real id there.
    const value = subscription.createRequest(++this.#lastId);
    const entry: Entry = { subscription, start: value.startRevision, id: undefined, dropped: false };
    this.#entries.set(subscription, entry);
    this.#pending.push(entry);
    this.#stream.send({ requestUnion: { $case: "createRequest", value } });
  }

  /** Takes a watcher off the stream and the server. */
  drop(subscription: Subscription): void {
    const entry = this.#entries.get(subscription);
    if (entry === undefined) return;
    this.#entries.delete(subscription);
    if (entry.id === undefined) entry.dropped = true;
    else this.#cancel(entry.id);
  }

  /** Asks for the progress of all watchers; unanswered while one of them is catching up. */
  requestProgress(): void {
    if (!this.#overtakes) this.#stream.send({ requestUnion: { $case: "progressRequest", value: {} } });
  }

  /**
   * Hands out what comes, until the stream ends.
   *
   * @throws What ended it.
   */
  async pump(): Promise<never> {
    for await (const message of this.#stream) this.#dispatch(message);
    throw this.#broken?.reason ?? new EtcdUnavailableError("Cannot go on watching: the stream ended");
  }

  /** Ends the stream for a reason that is found beside it. */
  break(reason: unknown): void {
    this.#broken ??= { reason };
    this.#stream.close();
  }

  #dispatch(message: WatchMessage): void {
    if (message.created) return this.#created(message);
    if (message.watchId === WHOLE_STREAM) return this.#progressed(message);
    const entry = this.#live.get(message.watchId);
    if (entry === undefined) return;
    if (message.canceled) return this.#cancelled(entry, message);
    if (message.events.length > 0) entry.subscription.received(message);
    else entry.subscription.progressed(message.revision);
    this.#fruitful = true;
  }

  #created(message: WatchMessage): void {
    this.#answered = true;
    const entry = this.#pending.shift();
    if (entry === undefined) return;
    if (message.canceled) {
      this.#entries.delete(entry.subscription);
      if (!entry.dropped) this.#observer.refused(entry.subscription, message);
    } else if (entry.dropped) {
      this.#cancel(message.watchId);
    } else {
      entry.id = message.watchId;
      this.#live.set(message.watchId, entry);
      entry.subscription.created(message);
    }
  }

  #cancelled(entry: Entry, message: WatchMessage): void {
    this.#entries.delete(entry.subscription);
    // One that was cancelled for a compaction is counted on the server until it is cancelled once more.
    if (message.compactRevision > 0n) this.#cancel(message.watchId);
    else this.#live.delete(message.watchId);
    this.#observer.cancelled(entry.subscription, message, entry.start);
  }

  #progressed({ revision, canceled }: WatchMessage): void {
    if (!this.#answered) this.#overtakes = true;
    if (this.#overtakes || canceled) return;
    for (const { subscription } of [...this.#live.values()]) subscription.progressed(revision);
  }

  #cancel(watchId: bigint): void {
    this.#live.delete(watchId);
    this.#stream.send({ requestUnion: { $case: "cancelRequest", value: { watchId } } });
  }
}
