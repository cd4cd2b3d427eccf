/**
 * Bidirectional streams straight on a connection of ours.
 *
 * States: open; over, because the server ended it, its connection was lost or takes nothing new any more, its
 * caller's signal was aborted, or it was closed. What came before is still read; after the last two nothing is.
 *
 * @module
 */

import { EtcdInternalError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import { fromStatus } from "../status_error.ts";
import type { GrpcSession } from "../transport/grpc/session.ts";
import type { GrpcStatus } from "../transport/grpc/status.ts";
import type { StreamCall, StreamCallEvents } from "../transport/grpc/stream_call.ts";
import type { CallLife } from "./call_life.ts";
import { connectionEnding, failureOfStatus } from "./failure.ts";
import type { Headers } from "./headers.ts";
import type { Method } from "./method.ts";
import type { RpcStream } from "./rpc.ts";

/** Bytes of messages that are taken before they are read; what is beyond that is held back by flow control. */
const READ_AHEAD = 65_536;

/** Bytes that a message counts for beside its own: what it costs however small it is. */
const MESSAGE_OVERHEAD = 64;

/** How a stream's iteration ends: quietly, or by an error. */
type End = { readonly error?: unknown };

/** What a stream is opened with. */
export interface NativeStreamOptions {
  readonly connection: object;
  readonly endpoint: string;
  readonly headers: Headers;
  readonly token: string | undefined;
  /** Aborts when the connection takes nothing new any more, whereupon the stream is better opened elsewhere. */
  readonly down: AbortSignal;
  /** Ends it; released when it is over. */
  readonly life: CallLife;
}

/** {@linkcode RpcStream} past nice-grpc. It has one reader. */
export class NativeStream<Q, S> implements RpcStream<Q, S>, StreamCallEvents {
  readonly connection: object;
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly #method: Method<Q, S>;
  readonly #life: CallLife;
  readonly #down: AbortSignal;
  readonly #onDown = () => this.#moveOn();
  readonly #call: StreamCall;
  readonly #messages: S[] = [];
  /** Bytes of what came since there was nothing left to read. */
  #ahead = 0;
  #reader: PromiseWithResolvers<IteratorResult<S>> | undefined;
  #end: End | undefined;

  /**
   * @throws {TypeError} If gRPC does not allow the headers.
   * @throws The signal's reason, if its life is over already.
   */
  constructor(session: GrpcSession, method: Method<Q, S>, options: NativeStreamOptions) {
    const { connection, endpoint, headers, token, down, life } = options;
    life.signal.throwIfAborted();
    this.connection = connection;
    this.endpoint = endpoint;
    this.token = token;
    this.#method = method;
    this.#life = life;
    this.#down = down;
    this.#call = session.open(method.path, headers, this);
    this.#call.pull();
    life.signal.addEventListener("abort", () => this.#abandon({ error: life.signal.reason }), { once: true });
    down.addEventListener("abort", this.#onDown);
  }

  send(request: Q): void {
    if (this.#end === undefined) this.#call.send(this.#method.encode(request));
  }

  close(): void {
    this.#abandon({});
  }

  [Symbol.asyncIterator](): AsyncIterator<S> {
    return {
      next: () => this.#next(),
      return: () => {
        this.close();
        return Promise.resolve({ done: true, value: undefined });
      },
    };
  }

  onHeaders(): void {}

  onMessage(bytes: Uint8Array): void {
    if (this.#end !== undefined) return;
    let message: S;
    try {
      message = this.#method.decode(bytes);
    } catch (cause) {
      return this.#abandon({
        error: new EtcdInternalError(`${this.#action}: a response is malformed`, { cause }),
      });
    }
    if (this.#reader === undefined) {
      this.#messages.push(message);
      this.#ahead += bytes.length + MESSAGE_OVERHEAD;
    } else {
      this.#reader.resolve({ done: false, value: message });
      this.#reader = undefined;
    }
    if (this.#ahead < READ_AHEAD) this.#call.pull();
  }

  onStatus(status: GrpcStatus): void {
    const { code, details } = status;
    this.#finish({
      error: code === Status.OK
        ? new EtcdInternalError(`${this.#action}: the server ended it`)
        : fromStatus(this.#action, code, details, failureOfStatus(status)),
    });
  }

  #next(): Promise<IteratorResult<S>> {
    if (this.#messages.length > 0) return Promise.resolve({ done: false, value: this.#take() });
    if (this.#end === undefined) return (this.#reader = Promise.withResolvers()).promise;
    return "error" in this.#end
      ? Promise.reject(this.#end.error)
      : Promise.resolve({ done: true, value: undefined });
  }

  #take(): S {
    const message = this.#messages.shift() as S;
    if (this.#messages.length === 0) {
      const heldBack = this.#ahead >= READ_AHEAD;
      this.#ahead = 0;
      if (heldBack) this.#call.pull();
    }
    return message;
  }

  /** Ends it on our side; what was not read is dropped. */
  #abandon(end: End): void {
    if (this.#end !== undefined) return;
    this.#messages.length = 0;
    this.#finish(end);
    this.#call.cancel(Status.CANCELLED, "given up");
  }

  /** Leaves a connection that its server, or a new list of endpoints, is about to end. */
  #moveOn(): void {
    this.#finish({ error: connectionEnding(this.#action) });
    this.#call.cancel(Status.CANCELLED, "moved on");
  }

  #finish(end: End): void {
    if (this.#end !== undefined) return;
    this.#end = end;
    this.#life.release();
    this.#down.removeEventListener("abort", this.#onDown);
    const reader = this.#reader;
    this.#reader = undefined;
    if (reader === undefined) return;
    if ("error" in end) reader.reject(end.error);
    else reader.resolve({ done: true, value: undefined });
  }

  get #action(): string {
    return `Cannot go on with ${this.#method.name}`;
  }
}
