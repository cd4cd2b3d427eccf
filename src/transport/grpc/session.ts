/**
 * gRPC over one HTTP/2 connection.
 *
 * @module
 */

import type { Http2Connection } from "../http2/connection.ts";
import { Deadlines } from "./deadlines.ts";
import { messagePrefix } from "./message_prefix.ts";
import { type MetadataEntries, RequestHeaders, type RequestTarget } from "./request_headers.ts";
import { ResponseReader } from "./response.ts";
import { StreamCall, type StreamCallEvents } from "./stream_call.ts";
import { type Decode, UnaryCall } from "./unary.ts";

/** What bounds a call. */
export interface CallBounds {
  /** Milliseconds until it fails with DEADLINE_EXCEEDED, also told to the server; 0 for none. @default {0} */
  readonly timeout?: number;
  /** Gives it up; it rejects with the signal's reason. */
  readonly signal?: AbortSignal;
}

const NONE: CallBounds = {};

/** Makes calls on a connection. */
export class GrpcSession {
  /** What carries the calls. */
  readonly connection: Http2Connection;
  readonly #headers: RequestHeaders;
  readonly #maxReceiveBytes: number;
  readonly #responses = new ResponseReader();
  readonly #deadlines = new Deadlines();

  /**
   * Takes over a connection.
   *
   * @param connection Open.
   * @param target Whom the requests are for.
   * @param maxReceiveBytes Bytes of the largest message that any call takes.
   */
  constructor(connection: Http2Connection, target: RequestTarget, maxReceiveBytes = Infinity) {
    this.connection = connection;
    this.#headers = new RequestHeaders(target);
    this.#maxReceiveBytes = maxReceiveBytes;
    connection.closed.then(() => this.#deadlines.clear());
  }

  /**
   * Calls a method that takes one message and answers with one.
   *
   * @param path Such as `/package.Service/Method`.
   * @param metadata Of the call; the same array for the same metadata is quickest.
   * @param message The encoded request, not to be changed until the call ends.
   * @param decode Makes the result of the encoded response.
   * @param bounds Time and signal.
   * @returns What `decode` returned, when the status is OK.
   * @throws {GrpcError} If the call ended otherwise.
   * @throws {TypeError} If gRPC does not allow the metadata.
   * @throws The signal's reason, or what `decode` threw.
   */
  unary<T>(
    path: string,
    metadata: MetadataEntries,
    message: Uint8Array,
    decode: Decode<T>,
    bounds: CallBounds = NONE,
  ): Promise<T> {
    return new Promise((resolve, reject) => {
      const { timeout = 0, signal } = bounds;
      signal?.throwIfAborted();
      const call = new UnaryCall(decode, this.#maxReceiveBytes, this.#responses, resolve, reject);
      call.stream = this.connection.request(this.#headers.prepare(path, metadata, timeout), call);
      call.stream.write(message, true, messagePrefix(message.length));
      if (timeout > 0) this.#deadlines.add(call, timeout);
      if (signal === undefined) return;
      const onAbort = () => call.abort(signal.reason);
      signal.addEventListener("abort", onAbort);
      call.unlisten = () => signal.removeEventListener("abort", onAbort);
    });
  }

  /**
   * Calls a method that takes or gives a stream of messages.
   *
   * @param path Such as `/package.Service/Method`.
   * @param metadata Of the call.
   * @param events Who is told what comes.
   * @param bounds Time; the caller looks after its signal itself.
   * @returns The call, to send messages on, to pull messages from and to cancel.
   * @throws {TypeError} If gRPC does not allow the metadata.
   */
  open(
    path: string,
    metadata: MetadataEntries,
    events: StreamCallEvents,
    bounds: Omit<CallBounds, "signal"> = NONE,
  ): StreamCall {
    const { timeout = 0 } = bounds;
    const call = new StreamCall(events, this.#responses, this.#maxReceiveBytes);
    call.stream = this.connection.request(this.#headers.prepare(path, metadata, timeout), call);
    if (timeout > 0) this.#deadlines.add(call, timeout);
    return call;
  }
}
