/**
 * Bidirectional streams by nice-grpc's clients.
 *
 * States: open; ended, by the server, by a connection that was lost or takes nothing new any more, by its caller's
 * signal, or by `close()`.
 *
 * @module
 */

import { EtcdInternalError } from "../errors.ts";
import { fromStatus } from "../status_error.ts";
import type { Connection } from "../transport/connection.ts";
import type { CallLife } from "./call_life.ts";
import { connectionEnding, RpcFailure } from "./failure.ts";
import type { Headers } from "./headers.ts";
import type { Method } from "./method.ts";
import type { NiceCalls } from "./nice.ts";
import { Outbox } from "./outbox.ts";
import type { RpcStream } from "./rpc.ts";

/** {@linkcode RpcStream} over nice-grpc. */
export class NiceStream<Q, S> implements RpcStream<Q, S> {
  readonly connection: object;
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly #action: string;
  readonly #responses: AsyncGenerator<S, void, undefined>;
  readonly #requests = new Outbox<Q>();
  readonly #life: CallLife;
  readonly #stopped = new AbortController();
  readonly #down: AbortSignal;
  readonly #onDown = () => this.#moveOn();
  /** Left a connection that is about to end. */
  #moved = false;

  /** @throws The signal's reason, if its life is over already. */
  constructor(
    calls: NiceCalls,
    connection: Connection,
    method: Method<Q, S>,
    headers: Headers,
    token: string | undefined,
    life: CallLife,
  ) {
    this.connection = connection;
    this.endpoint = connection.address.name;
    this.token = token;
    this.#action = `Cannot go on with ${method.name}`;
    this.#life = life;
    this.#down = connection.down;
    life.signal.throwIfAborted();
    life.signal.addEventListener("abort", () => this.#stopped.abort(), { once: true });
    this.#responses = calls.stream(connection, method, this.#requests, headers, this.#stopped.signal);
    this.#down.addEventListener("abort", this.#onDown);
  }

  send(request: Q): void {
    this.#requests.push(request);
  }

  close(): void {
    this.#stopped.abort();
    this.#end();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<S> {
    try {
      for await (const response of this.#responses) {
        if (this.#stopped.signal.aborted) break;
        yield response;
      }
      this.#life.signal.throwIfAborted();
      if (this.#moved) throw connectionEnding(this.#action);
      if (!this.#stopped.signal.aborted) throw new EtcdInternalError(`${this.#action}: the server ended it`);
    } catch (error) {
      this.#life.signal.throwIfAborted();
      if (this.#moved) throw connectionEnding(this.#action);
      if (this.#stopped.signal.aborted) return;
      if (!(error instanceof RpcFailure)) throw error;
      throw fromStatus(this.#action, error.failure.code, error.failure.details, error.failure);
    } finally {
      this.#end();
    }
  }

  #moveOn(): void {
    this.#moved = true;
    this.#stopped.abort();
  }

  #end(): void {
    this.#down.removeEventListener("abort", this.#onDown);
    this.#requests.end();
    this.#life.release();
  }
}
