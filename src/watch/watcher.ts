/**
 * The watcher that users hold.
 *
 * States: open; failed, with what was received before still to be read; closed, by its owner or its signal.
 *
 * @module
 */

import { EtcdCancelledError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import type { Scope } from "../scope.ts";
import { Consumer } from "./consumer.ts";
import { Delivery } from "./delivery.ts";
import { EventReader } from "./events.ts";
import type { WatchHub } from "./hub.ts";
import { ProgressRequests } from "./progress_requests.ts";
import { Subscription, type SubscriptionPlan } from "./subscription.ts";
import type { WatchBatch, Watcher, WatchEvent, WatchOptions } from "./types.ts";

/** What it ends with; quietly, where there is no error. */
interface End {
  readonly error?: unknown;
}

/** {@linkcode Watcher} on a hub. */
export class HubWatcher<V> implements Watcher<V> {
  readonly ready: Promise<bigint>;
  readonly #scope: Scope<V>;
  readonly #options: WatchOptions;
  readonly #subscription: Subscription;
  readonly #delivery: Delivery<V>;
  readonly #progress: ProgressRequests;
  readonly #ready: PromiseWithResolvers<bigint> = Promise.withResolvers();
  readonly #onAbort = () => this.#stop({ error: this.#options.signal?.reason });
  #consumer: Pick<Consumer<unknown>, "wake"> | undefined;
  #end: End | undefined;
  /** Whether the reader may still be busy with what it was handed. */
  #reading = false;
  /** Progress that a busy reader is not told of yet. */
  #untold: bigint | undefined;
  /** Whether the iteration has ended: its error is handed out once. */
  #told = false;
  #closed = false;

  constructor(scope: Scope<V>, hub: WatchHub, plan: SubscriptionPlan, options: WatchOptions) {
    this.#scope = scope;
    this.#options = options;
    this.ready = this.#ready.promise;
    this.ready.catch(() => {});
    this.#subscription = new Subscription(plan, hub, {
      ready: (revision) => this.#started(revision),
      arrived: () => this.#arrived(),
      failed: (error) => this.#fail(error),
      closed: () => this.#stop({}),
    });
    const events = new EventReader(scope.keys, scope.codec, options.onDecodeError === "skip");
    this.#delivery = new Delivery(this.#subscription.buffer, events, plan.startRevision, {
      taken: () => this.#subscription.drained(),
      delivered: (revision, progress) => this.#delivered(revision, progress),
    });
    this.#progress = new ProgressRequests(hub, this.#subscription, this.#delivery);
    options.signal?.addEventListener("abort", this.#onAbort);
    scope.resources.add(this);
    if (options.signal?.aborted) this.#onAbort();
    else hub.place([this.#subscription]);
  }

  get resumeRevision(): bigint {
    return this.#delivery.resumeRevision;
  }

  [Symbol.asyncIterator](): AsyncIterator<WatchEvent<V>> {
    return this.#consume(() => this.#delivery.takeEvent());
  }

  batches(): AsyncIterable<WatchBatch<V>> {
    return { [Symbol.asyncIterator]: () => this.#consume(() => this.#delivery.takeBatch()) };
  }

  async requestProgress(options: CallOptions = {}): Promise<bigint> {
    if (this.#end === undefined) return await this.#progress.request(options);
    if ("error" in this.#end) throw this.#end.error;
    throw new TypeError("Cannot request progress: the watcher is closed");
  }

  close(): Promise<void> {
    this.#stop({});
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #consume<T extends WatchEvent<V> | WatchBatch<V>>(take: () => T | undefined): Consumer<T> {
    if (this.#consumer !== undefined) {
      throw new TypeError("Cannot iterate over the watcher: it has one consumer, and has had it");
    }
    const consumer = new Consumer<T>({
      take: () => this.#take(take),
      ended: () => this.#ended(),
      close: () => this.#stop({}),
    });
    this.#consumer = consumer;
    return consumer;
  }

  /** The reader asks for more, so it has done with what it had. */
  #take<T>(take: () => T | undefined): T | undefined {
    this.#tellProgress();
    try {
      const item = take();
      if (item === undefined) this.#tellProgress();
      return item;
    } catch (error) {
      // Told by ended(), to whoever is first in line: stopping has served those who wait already.
      this.#stop({ error });
      return undefined;
    }
  }

  #ended(): boolean {
    const end = this.#end;
    if (end === undefined) return false;
    if (!("error" in end) || this.#told) return true;
    this.#told = true;
    throw end.error;
  }

  #started(revision: bigint): void {
    this.#delivery.startAfter(revision);
    this.#ready.resolve(revision);
    this.#progress.delivered();
  }

  #arrived(): void {
    this.#delivery.settle();
    this.#consumer?.wake();
  }

  #delivered(revision: bigint, progress: boolean): void {
    this.#progress.delivered();
    if (!progress) {
      this.#reading = true;
      return;
    }
    this.#untold = revision;
    if (!this.#reading) this.#tellProgress();
  }

  #tellProgress(): void {
    const revision = this.#untold;
    this.#reading = false;
    this.#untold = undefined;
    if (revision === undefined || this.#end !== undefined) return;
    try {
      this.#options.onProgress?.(revision);
    } catch {
      // An observer's mistake is its own.
    }
  }

  /** Ends by an error that comes after what was received. */
  #fail(error: unknown): void {
    this.#conclude({ error });
    this.#consumer?.wake();
  }

  /** Ends at once, also after a failure that was not read yet. */
  #stop(end: End): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#subscription.close();
    this.#delivery.clear();
    this.#conclude(end);
    this.#end = end;
    this.#consumer?.wake();
  }

  #conclude(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#options.signal?.removeEventListener("abort", this.#onAbort);
    this.#scope.resources.delete(this);
    const error = "error" in end
      ? end.error
      : new EtcdCancelledError("Cannot watch: the watcher was closed", {
        maybeExecuted: "no",
      });
    this.#ready.reject(error);
    this.#progress.end(error);
  }
}
