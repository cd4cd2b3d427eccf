/**
 * What is known of one endpoint: whether it is up or dialed, how often it failed, and when it may be tried again.
 *
 * @module
 */

import type { Address } from "../endpoint.ts";
import { EtcdError } from "../errors.ts";
import type { Connection } from "./connection.ts";

/**
 * Milliseconds of rest after the first failure, the second and so on; jitter adds up to two fifths. Short for as long
 * as a lease of 10 s can still be saved, and eight dials in an outage of 30 s.
 */
const RESTS: readonly number[] = [400, 1_000, 1_600, 1_800, 1_800, 8_000];
/** Milliseconds. An endpoint whose connection broke sooner rests before the next dial. */
const SETTLED = 1_000;
/** Milliseconds for which an endpoint that could not serve is passed over where there is another. */
const AVOIDED = 5_000;

/** What is known of one endpoint. */
export class EndpointState {
  readonly address: Address;
  connection: Connection | undefined;
  /** The failure that a waiter is told of. */
  lastError: EtcdError | undefined;
  #dialing: { readonly done: Promise<void>; readonly cancelled: AbortController } | undefined;
  #failures = 0;
  #restUntil = 0;
  #avoidUntil = 0;

  constructor(address: Address) {
    this.address = address;
  }

  /** Milliseconds until it may be dialed. */
  get rest(): number {
    return Math.max(0, this.#restUntil - performance.now());
  }

  get avoided(): boolean {
    return performance.now() < this.#avoidUntil;
  }

  /** Those with the lowest rank are tried first: unblemished ones, then those that failed, then the avoided. */
  get #rank(): number {
    return this.avoided ? 2 : this.lastError === undefined ? 0 : 1;
  }

  /** Negative if this one is to be tried first: of two to be avoided, that which was used less recently. */
  compare(other: EndpointState): number {
    return this.#rank - other.#rank || this.#avoidUntil - other.#avoidUntil;
  }

  /**
   * Dials, or joins the dial under way.
   *
   * @param open Opens a connection and takes it.
   * @throws Why there is no connection.
   */
  dial(open: (signal: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#dialing !== undefined) return this.#dialing.done;
    const cancelled = new AbortController();
    const done = this.#try(open, cancelled.signal);
    this.#dialing = { done, cancelled };
    return done;
  }

  /** Gives up the dial under way; that is no failure of the endpoint. */
  cancelDial(): void {
    this.#dialing?.cancelled.abort();
    this.#dialing = undefined;
  }

  async #try(open: (signal: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void> {
    try {
      await open(signal);
    } catch (error) {
      if (!signal.aborted) this.failed(EtcdError.from(error) as EtcdError);
      throw error;
    } finally {
      if (!signal.aborted) this.#dialing = undefined;
    }
  }

  avoid(): void {
    this.#avoidUntil = performance.now() + AVOIDED;
  }

  failed(error: EtcdError): void {
    this.lastError = error;
    const rest = RESTS[Math.min(this.#failures++, RESTS.length - 1)];
    this.#restUntil = performance.now() + rest * (1 + 0.4 * Math.random());
  }

  succeeded(connection: Connection): void {
    this.connection = connection;
    this.lastError = undefined;
    this.#avoidUntil = 0;
  }

  /**
   * A connection that held for a while was a good one.
   *
   * @param lived Milliseconds; without end for one that the server ended in good order, as proxies do after so many
   * requests, which may be soon.
   */
  ended(lived: number, error: EtcdError | undefined): void {
    this.connection = undefined;
    this.lastError = error;
    if (lived >= SETTLED || error === undefined) this.#failures = 0;
    else this.failed(error);
  }
}
