/**
 * The search for an endpoint that is up. All endpoints are pursued side by side, each starting a little after
 * the one before it, or at once when that one failed; the first that comes up ends the search.
 *
 * A search is running until an endpoint is up, all failed for good, its last waiter abandoned it, or it was
 * aborted. An abandoned one dials no more, but a dial under way goes on.
 *
 * @module
 */

import { type EtcdError, EtcdUnavailableError } from "../errors.ts";
import { abortable, sleep } from "../timing.ts";
import type { EndpointState } from "./endpoint_state.ts";

/** How long a waiter waits: for one try of every endpoint, or until one is up. */
export type Patience = "one-round" | "until-up";

/** Milliseconds by which endpoints are staggered (RFC 8305 section 5, connection attempt delay). */
const STAGGER = 250;

/** What a search works with. */
export interface SearchPlan {
  /** The endpoints, those to prefer first. */
  candidates(): readonly EndpointState[];
  /** Gets an endpoint up, and tells the search when it is; rejects if that failed. */
  up(state: EndpointState): Promise<void>;
  /** The error to report when every endpoint has failed; a final one ends the search. */
  exhausted(): { readonly error: EtcdError; readonly final: boolean };
  /** Called once, when the search is over. */
  ended(): void;
}

/** A promise that is settled from outside and never goes unhandled. */
function deferred(): PromiseWithResolvers<void> {
  const parts = Promise.withResolvers<void>();
  parts.promise.catch(() => {});
  return parts;
}

/** One search, shared by all who wait for a connection. */
export class Search {
  readonly #plan: SearchPlan;
  /** Who waits, and how long. Each has a promise of its own, so that nothing is left of those who give up. */
  readonly #waiters = new Map<PromiseWithResolvers<void>, Patience>();
  /** What the first try of every endpoint failed with. */
  #firstRound: EtcdError | undefined;
  #round = new AbortController();
  #over = false;

  constructor(plan: SearchPlan) {
    this.#plan = plan;
    this.#run();
  }

  /**
   * Resolves when a connection was found.
   *
   * @throws {EtcdError} If the search failed for good, or patience was for one round and that failed.
   * @throws The signal's reason, if it was aborted.
   */
  async wait(patience: Patience, signal: AbortSignal): Promise<void> {
    const waiter = deferred();
    this.#waiters.set(waiter, patience);
    if (patience === "one-round" && this.#firstRound !== undefined) waiter.reject(this.#firstRound);
    try {
      await abortable(waiter.promise, signal);
    } finally {
      this.#waiters.delete(waiter);
      const reason = "Cannot connect: nobody waits for it";
      if (this.#waiters.size === 0) this.abort(new EtcdUnavailableError(reason));
    }
  }

  /** An endpoint is up: ends the search and every wait for it. */
  found(): void {
    this.#end();
    for (const waiter of this.#waiters.keys()) waiter.resolve();
  }

  /** Goes on with a new list of endpoints. */
  restart(): void {
    this.#round.abort();
    this.#round = new AbortController();
    this.#run();
  }

  /** Ends the search and every wait for it. Idempotent. */
  abort(reason: EtcdError): void {
    this.#end();
    for (const waiter of this.#waiters.keys()) waiter.reject(reason);
  }

  #run(): void {
    const candidates = this.#plan.candidates();
    const signal = this.#round.signal;
    let untried = candidates.length;
    let turn = Promise.resolve();
    for (const state of candidates) {
      const failedOnce = deferred();
      this.#pursue(state, turn, signal, () => {
        failedOnce.resolve();
        if (--untried === 0 && !signal.aborted) this.#exhausted();
      }).catch(() => {});
      if (state.rest > 0) continue; // nobody has to wait for one that rests
      turn = Promise.race([failedOnce.promise, turn.then(() => sleep(STAGGER, signal))]);
      turn.catch(() => {});
    }
  }

  async #pursue(
    state: EndpointState,
    turn: Promise<void>,
    signal: AbortSignal,
    failedOnce: () => void,
  ): Promise<void> {
    await turn;
    for (let attempt = 1;; attempt++) {
      if (state.rest > 0) await sleep(state.rest, signal);
      signal.throwIfAborted();
      try {
        return await abortable(this.#plan.up(state), signal);
      } catch {
        signal.throwIfAborted();
        if (attempt === 1) failedOnce();
      }
    }
  }

  #exhausted(): void {
    const { error, final } = this.#plan.exhausted();
    if (final) return this.abort(error);
    this.#firstRound = error;
    for (const [waiter, patience] of this.#waiters) if (patience === "one-round") waiter.reject(error);
  }

  #end(): void {
    if (this.#over) return;
    this.#over = true;
    this.#round.abort();
    this.#plan.ended();
  }
}
