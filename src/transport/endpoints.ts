/**
 * Which endpoint to use: one that is up and healthy, found by dialing them side by side.
 *
 * An endpoint is idle (never tried, or its connection ended in good order), dialing, resting (a dial failed, or
 * its connection broke soon), or up (it has a connection). A dial belongs to its endpoint, not to the calls that
 * wait for it: when they have given up it goes on, and the next ones join it. All calls go to one endpoint, the
 * current one, until its connection goes down or it is to be avoided.
 *
 * @module
 */

import type { Address } from "../endpoint.ts";
import { EtcdError, EtcdUnavailableError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { EndpointState } from "./endpoint_state.ts";
import { type Patience, Search } from "./search.ts";

/** Opens a connection and gives up by itself after the connect timeout. */
export type Dial = (address: Address, signal: AbortSignal) => Promise<Connection>;

/** What happens to connections. */
export interface EndpointsObserver {
  connected(endpoint: string): void;
  disconnected(endpoint: string, error: EtcdError | undefined): void;
}

/** The endpoints of one connected client. States: open, then closed for good. */
export class Endpoints {
  readonly #dial: Dial;
  readonly #observer: EndpointsObserver;
  #states: Map<string, EndpointState>;
  /** Connections that are not over yet, those that drain included. */
  readonly #connections = new Set<Connection>();
  #current: Connection | undefined;
  #search: Search | undefined;
  readonly #closed = new AbortController();

  constructor(addresses: readonly Address[], dial: Dial, observer: EndpointsObserver) {
    this.#dial = dial;
    this.#observer = observer;
    this.#states = new Map(addresses.map((address) => [address.name, new EndpointState(address)]));
  }

  /** The connection that calls go to, if there is one now. */
  get current(): Connection | undefined {
    return this.#current;
  }

  /**
   * A connection that calls can run on.
   *
   * @throws {EtcdUnavailableError} If patience is for one round and every endpoint failed.
   * @throws {EtcdError} If every endpoint refused, or was refused for, its TLS identity.
   * @throws The signal's reason, if it was aborted.
   */
  async acquire(patience: Patience, signal: AbortSignal): Promise<Connection> {
    for (;;) {
      signal.throwIfAborted();
      this.#closed.signal.throwIfAborted();
      this.#current ??= this.#standby();
      if (this.#current !== undefined) return this.#current;
      this.#search ??= this.#startSearch();
      await this.#search.wait(patience, signal);
    }
  }

  /** Passes an endpoint over for a while; does nothing where it is the only one. */
  avoid(endpoint: string): void {
    const state = this.#states.get(endpoint);
    if (state === undefined || this.#states.size === 1) return;
    state.avoid();
    if (this.#current?.address.name === endpoint) this.#current = undefined;
  }

  /** Replaces the list. Connections to endpoints that left it take no new calls, and end with those they have. */
  replace(addresses: readonly Address[]): void {
    const before = this.#states;
    this.#states = new Map(
      addresses.map((address) => [address.name, before.get(address.name) ?? new EndpointState(address)]),
    );
    for (const [name, state] of before) {
      if (this.#states.has(name)) continue;
      state.cancelDial();
      state.connection?.drain();
    }
    this.#search?.restart();
  }

  /** What each endpoint failed with, for a message: `127.0.0.1:2379: connection refused; …`. */
  describe(): string {
    return [...this.#states.values()]
      .map((state) => `${state.address.name}: ${state.lastError?.message ?? "not answered yet"}`)
      .join("; ");
  }

  /** Closes every connection and ends every wait. Idempotent. */
  close(reason: EtcdError): void {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort(reason);
    this.#search?.abort(reason);
    for (const state of this.#states.values()) state.cancelDial();
    for (const connection of this.#connections) connection.close();
  }

  /** A connection that is up beside the current one. */
  #standby(): Connection | undefined {
    return [...this.#states.values()].find((s) => s.connection !== undefined && !s.avoided)?.connection;
  }

  #startSearch(): Search {
    return new Search({
      candidates: () => [...this.#states.values()].sort((a, b) => a.compare(b)),
      up: (state) => this.#up(state),
      exhausted: () => this.#failure(),
      ended: () => this.#search = undefined,
    });
  }

  /** Uses the connection that there is, though it was to be avoided, or dials. */
  async #up(state: EndpointState): Promise<void> {
    if (state.connection === undefined) await state.dial((signal) => this.#open(state, signal));
    else this.#use(state.connection);
  }

  #use(connection: Connection): void {
    this.#current = connection;
    this.#search?.found();
  }

  async #open(state: EndpointState, signal: AbortSignal): Promise<void> {
    const connection = await this.#dial(state.address, signal);
    if (signal.aborted) connection.close();
    else this.#adopt(state, connection);
  }

  #adopt(state: EndpointState, connection: Connection): void {
    for (const other of this.#states.values()) if (other !== state) other.cancelDial();
    const since = performance.now();
    this.#connections.add(connection);
    connection.ended.then(() => this.#connections.delete(connection));
    state.succeeded(connection);
    this.#use(connection);
    this.#observer.connected(state.address.name);
    const onDown = () => {
      const reason = connection.down.reason;
      const error = reason instanceof EtcdError ? reason : undefined;
      const lived = connection.servedOut ? Infinity : performance.now() - since;
      if (state.connection === connection) state.ended(lived, error);
      if (this.#current === connection) this.#current = undefined;
      this.#observer.disconnected(state.address.name, error);
    };
    if (connection.down.aborted) onDown();
    else connection.down.addEventListener("abort", onDown, { once: true });
  }

  /** One error for all endpoints; where all failed for good, that of the first. */
  #failure(): { readonly error: EtcdError; readonly final: boolean } {
    const errors = [...this.#states.values()].map((state) => state.lastError);
    const final = errors.length > 0 && errors.every((error) => error !== undefined && !error.retryable);
    if (final) return { error: errors[0] as EtcdError, final };
    const message = `Cannot connect: no endpoint is up (${this.describe()})`;
    return { error: new EtcdUnavailableError(message, { maybeExecuted: "no", cause: errors[0] }), final };
  }
}
