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

interface Wait {
  readonly revision: bigint;
  readonly reached: PromiseWithResolvers<void>;
}

/** The requests of one watcher's owner. */
export class ProgressRequests {
  readonly #hub: WatchHub;
  readonly #subscription: Subscription;
  readonly #resumeRevision: () => bigint;
  readonly #waits = new Set<Wait>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #ended: { readonly error: unknown } | undefined;

  /** @param resumeRevision The first revision that is not delivered in full. */
  constructor(hub: WatchHub, subscription: Subscription, resumeRevision: () => bigint) {
    this.#hub = hub;
    this.#subscription = subscription;
    this.#resumeRevision = resumeRevision;
  }

  /**
   * Waits.
   *
   * @returns The revision of the store at the time of the call.
   */
  async request(options: CallOptions): Promise<bigint> {
    const { rpc } = this.#hub;
    const life = new CallLife(options, rpc.options.timeout, rpc.closed);
    try {
      const { key } = this.#subscription.plan;
      const { revision } = await storeRevision(rpc, key, { signal: life.signal, timeout: 0 });
      await this.#reached(revision, life.signal);
      return revision;
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
    for (const wait of this.#waits) {
      if (wait.revision < this.#resumeRevision()) wait.reached.resolve();
    }
  }

  /** Ends every wait. */
  end(error: unknown): void {
    this.#ended = { error };
    for (const wait of this.#waits) wait.reached.reject(error);
  }

  async #reached(revision: bigint, signal: AbortSignal): Promise<void> {
    if (this.#ended !== undefined) throw this.#ended.error;
    if (revision < this.#resumeRevision()) return;
    const wait: Wait = { revision, reached: Promise.withResolvers() };
    if (this.#waits.size === 0) this.#ask(1);
    this.#waits.add(wait);
    try {
      await abortable(wait.reached.promise, signal);
    } finally {
      this.#waits.delete(wait);
      if (this.#waits.size === 0) clearTimeout(this.#timer);
    }
  }

  #ask(attempt: number): void {
    if (attempt === PATIENCE && this.#hub.isolate(this.#subscription)) attempt = 1;
    else this.#hub.requestProgress(this.#subscription);
    const pause = Math.min(MAX_PAUSE, MIN_PAUSE * 2 ** (attempt - 1));
    this.#timer = setTimeout(() => this.#ask(attempt + 1), pause);
  }
}
