/**
 * Calls of many messages, either way.
 *
 * Content that nobody wants yet is kept as it came, and while any is kept no window is given back: what a paused
 * reader costs is one window and the message it ends in, however small the messages are.
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { ByteWriter } from "../http2/byte_writer.ts";
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
  /** Content that came and was not pulled, from `#keptFrom` on; null if there is none. */
  #kept: ByteWriter | null = null;
  #keptFrom = 0;
  /** Messages that were pulled and did not come. */
  #wanted = 0;
  /** Bytes of content whose window is not given back. */
  #owed = 0;
  #status: GrpcStatus | null = null;
  #abandoned = false;
  #over = false;
  /** Whether messages are being given, so that what their taker does is looked at afterwards. */
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
   * Ends the call with a status of the caller's; content that was kept is dropped.
   *
   * @param code gRPC status number.
   * @param details What to say of it.
   */
  cancel(code: number, details: string): void {
    if (this.#over) return;
    const sent = this.stream.id === 0 ? "no" : "maybe";
    this.#abandon(localStatus(code, details, { sent }));
    this.#tellStatus();
  }

  /** See {@linkcode Expiring}: what came with an OK and was not pulled in time is dropped. */
  override expire(): void {
    if (this.#status?.code === Status.OK) this.#status = null;
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
    const at = this.#kept === null ? this.#read(bytes, start, end) : start;
    if (at < end && !this.#abandoned) (this.#kept ??= new ByteWriter(0)).append(bytes, at, end);
    this.#giveBack();
    this.#tellStatus();
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

  /** Gives the messages of some content as far as they are wanted; returns where it stopped. */
  #read(bytes: Uint8Array, start: number, end: number): number {
    if (this.#wanted === 0) return start;
    this.#giving = true;
    try {
      return this.#reader.push(bytes, start, end);
    } catch (error) {
      if (!(error instanceof GrpcError)) throw error;
      // It came before whatever status came.
      this.#status = error.status;
      this.#abandon(error.status);
      return end;
    } finally {
      this.#giving = false;
    }
  }

  #onMessage(message: Uint8Array): boolean {
    this.#wanted--;
    this.#events.onMessage(message);
    return this.#wanted > 0 && !this.#abandoned;
  }

  /** Gives what was kept as far as it is wanted; who is given a message may pull at once. */
  #give(): void {
    if (this.#giving) return;
    const kept = this.#kept;
    if (kept !== null) {
      this.#keptFrom = this.#read(kept.bytes, this.#keptFrom, kept.length);
      if (this.#keptFrom === kept.length || this.#abandoned) this.#drop();
    }
    this.#giveBack();
    this.#tellStatus();
  }

  #drop(): void {
    this.#kept = null;
    this.#keptFrom = 0;
  }

  #giveBack(): void {
    if (this.#kept !== null || this.#owed === 0) return;
    this.stream.consume(this.#owed);
    this.#owed = 0;
  }

  /** Ends the call before the response has ended; nothing is given any more. */
  #abandon(status: GrpcStatus): void {
    this.#abandoned = true;
    this.#drop();
    this.stream.cancel(ErrorCode.CANCEL);
    this.#end(status);
  }

  #end(status: GrpcStatus): void {
    this.#status ??= status;
    this.#tellStatus();
  }

  #tellStatus(): void {
    if (this.#status === null || this.#over || this.#giving || this.#kept !== null) return;
    this.#over = true;
    this.dropDeadline();
    const cutOff = this.#status.code === Status.OK && this.#reader.incomplete;
    this.#events.onStatus(
      cutOff ? localStatus(Status.INTERNAL, "OK in the middle of a message") : this.#status,
    );
  }
}
