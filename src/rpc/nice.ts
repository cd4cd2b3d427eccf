/**
 * Calls by nice-grpc's clients, for middleware and for channels that are not ours. Loaded when the first of them
 * is made: nice-grpc, with the grpc-js that it loads, is several times the size of all the rest.
 *
 * @module
 */

import {
  type CallOptions,
  type Channel,
  ClientError,
  type ClientMiddleware,
  createClientFactory,
  Metadata,
  type MethodDefinition,
} from "nice-grpc";
import { Status } from "../etcd_status.ts";
import type { Connection } from "../transport/connection.ts";
import type { CallLife } from "./call_life.ts";
import { RpcFailure } from "./failure.ts";
import { type Headers, withDeadline } from "./headers.ts";
import type { Method } from "./method.ts";

// deno-lint-ignore no-explicit-any -- one client serves methods of every type
type AnyCall = (request: any, options: CallOptions) => any;

/** nice-grpc's clients, one for each method and channel, with the user's middleware; one path may have two decoders. */
export class NiceCalls {
  readonly #middleware: readonly ClientMiddleware[];
  readonly #calls = new WeakMap<Channel, Map<unknown, AnyCall>>();

  /** @param middleware The first is outermost. */
  constructor(middleware: readonly ClientMiddleware[]) {
    this.#middleware = middleware;
  }

  /**
   * Makes a unary call.
   *
   * @throws {RpcFailure} If it failed on the wire.
   */
  async unary<Q, S>(
    connection: Connection,
    method: Method<Q, S>,
    request: Q,
    headers: Headers,
    life: CallLife,
  ): Promise<S> {
    const trailers = { metadata: Metadata() };
    const bounded = withDeadline(headers, life.remaining);
    try {
      return await this.#call(connection.channel, method)(request, options(bounded, life.signal, trailers));
    } catch (error) {
      throw failed(error, connection, trailers.metadata);
    }
  }

  /**
   * Opens a bidirectional stream.
   *
   * @throws {RpcFailure} While it is iterated, if it failed on the wire.
   */
  async *stream<Q, S>(
    connection: Connection,
    method: Method<Q, S>,
    requests: AsyncIterable<Q>,
    headers: Headers,
    signal: AbortSignal,
  ): AsyncGenerator<S, void, undefined> {
    const trailers = { metadata: Metadata() };
    try {
      yield* this.#call(connection.channel, method)(requests, options(headers, signal, trailers));
    } catch (error) {
      throw failed(error, connection, trailers.metadata);
    }
  }

  #call<Q, S>(channel: Channel, method: Method<Q, S>): AnyCall {
    let calls = this.#calls.get(channel);
    if (calls === undefined) this.#calls.set(channel, calls = new Map());
    let call = calls.get(method);
    if (call === undefined) calls.set(method, call = this.#create(channel, method));
    return call;
  }

  #create<Q, S>(channel: Channel, method: Method<Q, S>): AnyCall {
    const definition: MethodDefinition<Q, Q, S, S> = {
      path: method.path,
      requestStream: method.requestStream,
      responseStream: method.responseStream,
      requestSerialize: (request) => method.encode(request),
      requestDeserialize: unused,
      responseSerialize: unused,
      responseDeserialize: (bytes) => method.decode(plain(bytes)),
      options: {},
    };
    // What is used first is innermost.
    const factory = [...this.#middleware].reverse().reduce(
      (inner, middleware) => inner.use(middleware),
      createClientFactory(),
    );
    return factory.create({ call: definition }, channel).call as AnyCall;
  }
}

function unused(): never {
  throw new Error("only servers need this");
}

function options(headers: Headers, signal: AbortSignal, trailers: { metadata: Metadata }): CallOptions {
  return {
    metadata: Metadata(Object.fromEntries(headers)),
    signal,
    onTrailer: (metadata) => trailers.metadata = metadata,
  };
}

/** What grpc-js throws where a channel was closed between its choice and the call. */
const SHUT_DOWN = "Channel has been shut down";

function failed(error: unknown, connection: Connection, trailers: Metadata): unknown {
  if (error instanceof Error && error.message === SHUT_DOWN) {
    const unsent = { code: Status.UNAVAILABLE, details: "the connection was closed", sent: false };
    return new RpcFailure({ ...unsent, connectionLost: true }, error);
  }
  if (!(error instanceof ClientError)) return error;
  const trailer = (name: string) => {
    const value = trailers.get(name);
    return typeof value === "string" ? value : undefined;
  };
  return new RpcFailure(connection.explain(error.code, error.details, trailer), error);
}

/** grpc-js hands out Buffers, whose views are Buffers too: callers would see them, and their `slice` copies nothing. */
function plain(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
