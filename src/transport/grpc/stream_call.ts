/**
 * Calls of many messages, either way.
 *
 * Messages that nobody wants yet are kept, and while any is kept no window is given back: what a paused reader
 * costs is one window and the message it ends in.
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { ErrorCode } from "../http2/errors.ts";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import type { Http2Stream, StreamHandler, StreamReset } from "../http2/stream.ts";
import { Expiring } from "./deadlines.ts";
import { messagePrefix } from "./message_prefix.ts";
import { MessageReader } from "./message_reader.ts";
import type { ResponseReader } from "./response.ts";
import { GrpcError, type GrpcStatus, localStatus, statusOfReset } from "./status.ts";

/** Who made the call; called from inside the read loop, so that a thrown error ends the connection. */
export interface StreamCallEvents {
  /** The response began. */
  onHeaders(headers: HeaderList): void;
  /** A message that was pulled; nobody else uses its bytes. */
  onMessage(message: Uint8Array): void;
  /** The call is over, after all messages that came were pulled; called once. */
  onStatus(status: GrpcStatus): void;
  /** What `send` had to hold back is sent. */
  onDrain?(): void;
}

const NOTHING = new Uint8Array(0);

/** One call. */
export class StreamCall extends Expiring implements StreamHandler {
  /** Set as soon as the request is made. */
  stream!: Http2Stream;

  readonly #events: StreamCallEvents;
  readonly #responses: ResponseReader;
  readonly #reader: MessageReader;
  /** Messages that came and were not pulled. */
  readonly #kept: Uint8Array[] = [];
  /** Messages that were pulled and did not come. */
  #wanted = 0;
  /** Bytes of content whose window is not given back. */
  #owed = 0;
  #status: GrpcStatus | null = null;
  #over = false;
  #giving = false;

  /**
   * Makes a call that waits for its stream.
   *
   * @param events Who made it.
   * @param responses Reads header sections.
   * @param maxReceiveBytes Bytes of the largest message.
   */
  constructor(events: StreamCallEvents, responses: ResponseReader, maxReceiveBytes: number) {
    super();
    this.#events = events;
    this.#responses = responses;
    this.#reader = new MessageReader(maxReceiveBytes, (message) => this.#onMessage(message));
  }

  /**
   * Sends a message.
   *
   * @param message Not to be changed until it is sent.
   * @returns False if some of it must wait; `onDrain` tells when it is sent.
   */
  send(message: Uint8Array): boolean {
    return this.stream.write(message, false, messagePrefix(message.length));
  }

  /** Sends no message any more. */
  halfClose(): void {
    this.stream.write(NOTHING, true);
  }

  /**
   * Asks for messages.
   *
   * @param count How many more; may be Infinity.
   */
  pull(count = 1): void {
    this.#wanted += count;
    this.#give();
  }

  /**
   * Ends the call with a status of the caller's; messages that were kept are dropped.
   *
   * @param code gRPC status number.
   * @param details What to say of it.
   */
  cancel(code: number, details: string): void {
    if (this.#over) return;
    const sent = this.stream.id === 0 ? "no" : "maybe";
    this.#kept.length = 0;
    this.stream.cancel(ErrorCode.CANCEL);
    this.#end(localStatus(code, details, { sent }));
    this.#tellStatus();
  }

  /** See {@linkcode Expiring}. */
  override expire(): void {
    this.cancel(Status.DEADLINE_EXCEEDED, "deadline exceeded");
  }

  /** See {@linkcode StreamHandler}. */
  onHeaders(headers: HeaderList, endStream: boolean): void {
    if (endStream) return this.#end(this.#responses.readTrailers(headers));
    const refused = this.#responses.readHeaders(headers);
    if (refused !== null) this.#abandon(refused);
    else this.#events.onHeaders(headers);
  }

  /** See {@linkcode StreamHandler}. */
  onData(bytes: Uint8Array, start: number, end: number): void {
    this.#owed += end - start;
    try {
      this.#reader.push(bytes, start, end);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      return this.#abandon(error.status);
    }
    this.#giveBack();
  }

  /** See {@linkcode StreamHandler}. */
  onTrailers(trailers: HeaderList): void {
    this.#end(this.#responses.readTrailers(trailers));
  }

  /** See {@linkcode StreamHandler}: the server may still wait for our half, and the response may end with DATA. */
  onEnd(): void {
    if (this.#status === null && !this.#over) this.#end(this.#responses.readTrailers([]));
    this.stream.cancel(ErrorCode.NO_ERROR);
  }

  /** See {@linkcode StreamHandler}. */
  onReset(reset: StreamReset): void {
    this.#end(statusOfReset(reset));
  }

  /** See {@linkcode StreamHandler}. */
  onDrain(): void {
    this.#events.onDrain?.();
  }

  #onMessage(message: Uint8Array): void {
    // The one before it in the same frame may have made its reader cancel.
    if (this.#status !== null) return;
    if (this.#wanted > 0 && this.#kept.length === 0) {
      this.#wanted--;
      this.#events.onMessage(message);
    } else {
      this.#kept.push(message);
    }
  }

  /** Gives kept messages as far as they are wanted; who is given one may pull at once. */
  #give(): void {
    if (this.#giving) return;
    this.#giving = true;
    while (this.#wanted > 0 && this.#kept.length > 0) {
      const message = this.#kept.shift()!;
      this.#wanted--;
      this.#events.onMessage(message);
    }
    this.#giving = false;
    this.#giveBack();
    this.#tellStatus();
  }

  #giveBack(): void {
    if (this.#kept.length > 0 || this.#owed === 0) return;
    this.stream.consume(this.#owed);
    this.#owed = 0;
  }

  #abandon(status: GrpcStatus): void {
    this.stream.cancel(ErrorCode.CANCEL);
    this.#end(status);
  }

  #end(status: GrpcStatus): void {
    if (this.#status !== null) return;
    const cutOff = status.code === Status.OK && this.#reader.incomplete;
    this.#status = cutOff ? localStatus(Status.INTERNAL, "OK in the middle of a message") : status;
    this.dropDeadline();
    this.#tellStatus();
  }

  #tellStatus(): void {
    if (this.#status === null || this.#over || this.#giving || this.#kept.length > 0) return;
    this.#over = true;
    this.#events.onStatus(this.#status);
  }
}
