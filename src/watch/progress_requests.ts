/**
 * Waiting until a watcher has delivered all that happened so far.
 *
 * @module
 */

import { EtcdTimeoutError } from "../errors.ts";
import type { CallOptions } from "../options.ts";
import { CallLife } from "../rpc/call_life.ts";
import { abortable } from "../timing.ts";
import type { WatchHub } from "./hub.ts";
import { storeRevision } from "./store_revision.ts";
import type { Subscription } from "./subscription.ts";

/** A server that cannot answer yet says nothing, so it is asked again. Milliseconds, doubled each time. */
const MIN_PAUSE = 50;
const MAX_PAUSE = 1_000;
/** After so many requests another watcher on the stream is taken to be what the server waits for. */
const PATIENCE = 4;
/** A reader that takes nothing of what is there for so long may be waiting for the answer itself. Milliseconds. */
const STALL = 1_000;

interface Wait {
  readonly revision: bigint;
  readonly answer: PromiseWithResolvers<bigint>;
}

/** How far the reader of a watcher has come. */
export interface ReaderPosition {
  /** The first revision that is not delivered in full. */
  readonly resumeRevision: bigint;
  /** Events handed out so far. */
  readonly handedOut: number;
  /** Whether there is more to take. */
  readonly pending: boolean;
}

/** The requests of one watcher's owner. */
export class ProgressRequests {
  readonly #hub: WatchHub;
  readonly #subscription: Subscription;
  readonly #reader: ReaderPosition;
  readonly #waits = new Set<Wait>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #handedOut = 0;
  /** When the reader was seen to take something, or had nothing to take. */
  #movedAt = 0;
  #ended: { readonly error: unknown } | undefined;

  constructor(hub: WatchHub, subscription: Subscription, reader: ReaderPosition) {
    this.#hub = hub;
    this.#subscription = subscription;
    this.#reader = reader;
  }

  /**
   * Waits until all is delivered that the store holds now.
   *
   * @returns The store's revision; where the reader does not read, the last that it has read in full.
   */
  async request(options: CallOptions): Promise<bigint> {
    const { rpc } = this.#hub;
    const life = new CallLife(options, rpc.options.timeout, rpc.closed);
    try {
      const { key } = this.#subscription.plan;
      const { revision } = await storeRevision(rpc, key, { signal: life.signal, timeout: 0 });
      return await this.#reached(revision, life.signal);
    } catch (error) {
      if (!life.timedOut) throw error;
      const found = "the watcher has not caught up";
      throw new EtcdTimeoutError(`Cannot learn the progress within ${life.timeout} ms: ${found}`, {
        maybeExecuted: "no",
      });
    } finally {
      life.release();
    }
  }

  /** Looks whether somebody has waited long enough. */
  delivered(): void {
    for (const { revision, answer } of this.#waits) {
      if (revision < this.#reader.resumeRevision) answer.resolve(revision);
    }
  }

  /** Ends every wait. */
  end(error: unknown): void {
    this.#ended = { error };
    for (const { answer } of this.#waits) answer.reject(error);
  }

  async #reached(revision: bigint, signal: AbortSignal): Promise<bigint> {
    if (this.#ended !== undefined) throw this.#ended.error;
    if (revision < this.#reader.resumeRevision) return revision;
    const wait: Wait = { revision, answer: Promise.withResolvers() };
    this.#waits.add(wait);
    if (this.#waits.size === 1) this.#start();
    try {
      return await abortable(wait.answer.promise, signal);
    } finally {
      this.#waits.delete(wait);
      if (this.#waits.size === 0) clearTimeout(this.#timer);
    }
  }

  #start(): void {
    this.#handedOut = this.#reader.handedOut;
    this.#movedAt = performance.now();
    this.#ask(1);
  }

  #ask(attempt: number): void {
    this.#answerIfStalled();
    if (attempt === PATIENCE && this.#hub.isolate(this.#subscription)) attempt = 1;
    else this.#hub.requestProgress(this.#subscription);
    const pause = Math.min(MAX_PAUSE, MIN_PAUSE * 2 ** (attempt - 1));
    this.#timer = setTimeout(() => this.#ask(attempt + 1), pause);
  }

  #answerIfStalled(): void {
    const { handedOut, pending, resumeRevision } = this.#reader;
    const now = performance.now();
    if (!pending || handedOut !== this.#handedOut) {
      this.#handedOut = handedOut;
      this.#movedAt = now;
    } else if (now - this.#movedAt >= STALL) {
      for (const { answer } of this.#waits) answer.resolve(resumeRevision - 1n);
    }
  }
}
