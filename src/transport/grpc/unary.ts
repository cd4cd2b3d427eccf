/**
 * The short way for calls of one request and one response: no queue, no event objects, one promise.
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { ErrorCode } from "../http2/errors.ts";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import type { Http2Stream, StreamHandler, StreamReset } from "../http2/stream.ts";
import { Expiring } from "./deadlines.ts";
import { PREFIX_SIZE, readPrefix } from "./message_prefix.ts";
import { MessageReader } from "./message_reader.ts";
import type { ResponseReader } from "./response.ts";
import { GrpcError, type GrpcStatus, localStatus, statusOfReset } from "./status.ts";

/**
 * Turns a response into what the caller wants.
 *
 * @param bytes The message; nobody else uses it.
 */
export type Decode<T> = (bytes: Uint8Array) => T;

/** One call; settles its promise once. */
export class UnaryCall<T> extends Expiring implements StreamHandler {
  /** Ends the wait for its caller's signal. */
  unlisten: (() => void) | null = null;
  /** Set as soon as the request is made. */
  stream!: Http2Stream;

  readonly #decode: Decode<T>;
  readonly #maxReceiveBytes: number;
  readonly #responses: ResponseReader;
  readonly #resolve: (response: T) => void;
  readonly #reject: (error: unknown) => void;
  #reader: MessageReader | null = null;
  #response: T | undefined;
  #messages = 0;
  #settled = false;

  /**
   * Makes a call that waits for its stream.
   *
   * @param decode Turns the response into what the caller wants.
   * @param maxReceiveBytes Bytes of the largest response.
   * @param responses Reads header sections.
   * @param resolve Called with the response when the status is OK.
   * @param reject Called with a {@linkcode GrpcError} otherwise, or with the reason of the caller's signal.
   */
  constructor(
    decode: Decode<T>,
    maxReceiveBytes: number,
    responses: ResponseReader,
    resolve: (response: T) => void,
    reject: (error: unknown) => void,
  ) {
    super();
    this.#decode = decode;
    this.#maxReceiveBytes = maxReceiveBytes;
    this.#responses = responses;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  /** See {@linkcode StreamHandler}. */
  onHeaders(headers: HeaderList, endStream: boolean): void {
    if (endStream) return this.#end(this.#responses.readTrailers(headers));
    const refused = this.#responses.readHeaders(headers);
    if (refused !== null) this.#abandon(new GrpcError(refused));
  }

  /** See {@linkcode StreamHandler}. */
  onData(bytes: Uint8Array, start: number, end: number): void {
    try {
      // Nearly all responses are one message in one frame.
      const whole = this.#reader === null && end - start >= PREFIX_SIZE &&
        readPrefix(bytes, start, this.#maxReceiveBytes) === end - start - PREFIX_SIZE;
      if (whole) this.#onMessage(bytes.slice(start + PREFIX_SIZE, end));
      else this.#readPart(bytes, start, end);
      this.stream.consume(end - start);
    } catch (error) {
      this.#abandon(error);
    }
  }

  /** See {@linkcode StreamHandler}. */
  onTrailers(trailers: HeaderList): void {
    this.#end(this.#responses.readTrailers(trailers));
  }

  /** See {@linkcode StreamHandler}: the server may still wait for our half, and the response may end with DATA. */
  onEnd(): void {
    if (!this.#settled) this.#end(this.#responses.readTrailers([]));
    this.stream.cancel(ErrorCode.NO_ERROR);
  }

  /** See {@linkcode StreamHandler}. */
  onReset(reset: StreamReset): void {
    const status = statusOfReset(reset);
    // The server knows the deadline too, and our timer may be late.
    const outOfTime = status.code === Status.CANCELLED && performance.now() >= this.expiresAt;
    this.#fail(new GrpcError(outOfTime ? { ...status, code: Status.DEADLINE_EXCEEDED } : status));
  }

  /** See {@linkcode Expiring}. */
  override expire(): void {
    const sent = this.stream.id === 0 ? "no" : "maybe";
    this.#abandon(new GrpcError(localStatus(Status.DEADLINE_EXCEEDED, "deadline exceeded", { sent })));
  }

  /**
   * Gives the call up for its caller.
   *
   * @param reason What it rejects with.
   */
  abort(reason: unknown): void {
    this.#abandon(reason);
  }

  #readPart(bytes: Uint8Array, start: number, end: number): void {
    this.#reader ??= new MessageReader(this.#maxReceiveBytes, (message) => {
      this.#onMessage(message);
      return true;
    });
    this.#reader.push(bytes, start, end);
  }

  #onMessage(message: Uint8Array): void {
    if (++this.#messages > 1) {
      throw new GrpcError(localStatus(Status.INTERNAL, "received a second response message"));
    }
    this.#response = this.#decode(message);
  }

  #end(status: GrpcStatus): void {
    if (status.code !== Status.OK) return this.#fail(new GrpcError(status));
    if (this.#messages !== 1 || this.#reader?.incomplete) {
      return this.#fail(new GrpcError(localStatus(Status.INTERNAL, "OK without a whole response message")));
    }
    this.#over();
    this.#resolve(this.#response as T);
  }

  /** Fails before the response has ended. */
  #abandon(error: unknown): void {
    if (this.#settled) return;
    this.stream.cancel(ErrorCode.CANCEL);
    this.#fail(error);
  }

  #fail(error: unknown): void {
    if (this.#settled) return;
    this.#over();
    this.#reject(error);
  }

  #over(): void {
    this.#settled = true;
    this.dropDeadline();
    this.unlisten?.();
  }
}
