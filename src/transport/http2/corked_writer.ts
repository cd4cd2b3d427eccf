/**
 * Output of a connection: frames are collected and go out in one write a turn of the event loop.
 *
 * @module
 */

import type { Socket } from "../../socket.ts";
import { ByteWriter } from "./byte_writer.ts";

/** Bytes of the two buffers at first. */
const INITIAL_CAPACITY = 16_384;

/** A buffer that grew beyond this many bytes is not kept. */
const MAX_KEPT_CAPACITY = 1_048_576;

/**
 * DATA waits on its stream while so many bytes wait here, so that one upload neither fills memory nor delays
 * others' frames.
 */
const HIGH_WATER_MARK = 262_144;

/**
 * Rounds of the microtask queue without a new frame before the frames go out. Answers that came in one read
 * resolve promises whose readers send new requests some hops later, not all after equally many. And grpc-go sends
 * a PING with an answer, whose acknowledgement costs a write of its own if it does not wait for the next request:
 * one call after the other through the whole client made two writes a call with 2 rounds, one with 4 or more, and
 * took no longer with 12. A round is some 50 ns.
 */
const QUIET_ROUNDS = 8;

/** What a writer tells its connection. */
export interface WriterEvents {
  /** All that was collected before the write is with the runtime; there is room again. */
  onWritten(): void;
  /** Nothing can be written any more. */
  onWriteError(error: unknown): void;
}

/** Frames are encoded straight into this buffer; {@linkcode CorkedWriter.schedule} sees to the write. */
export class CorkedWriter extends ByteWriter {
  readonly #socket: Socket;
  readonly #events: WriterEvents;
  #spare: Uint8Array = new Uint8Array(INITIAL_CAPACITY);
  /** What is with the socket, or null. */
  #inFlight: Uint8Array | null = null;
  #closed = false;
  #scheduled = false;
  #lengthSeen = 0;
  #quietRounds = 0;
  /** Bytes that were handed to the socket since the beginning, whether or not they arrived. */
  handedOver = 0;

  /**
   * Makes a writer with nothing in it.
   *
   * @param socket Where to write; nobody else writes there.
   * @param events Who is told.
   */
  constructor(socket: Socket, events: WriterEvents) {
    super(INITIAL_CAPACITY);
    this.#socket = socket;
    this.#events = events;
  }

  /** Where the next byte will be, counted from the beginning like `handedOver`. */
  get position(): number {
    return this.handedOver + this.length;
  }

  /** Whether DATA may be added. */
  get hasRoom(): boolean {
    return this.length < HIGH_WATER_MARK;
  }

  /** Call after adding frames: they go out when this turn of the event loop adds no more. */
  schedule(): void {
    if (this.#scheduled || this.#inFlight !== null || this.length === 0) return;
    this.#scheduled = true;
    this.#lengthSeen = 0;
    this.#quietRounds = 0;
    queueMicrotask(this.#round);
  }

  /** Writes what is there now, unless a write is under way, which will be followed by the next. */
  flush(): void {
    if (this.#inFlight !== null || this.length === 0 || this.#closed) return;
    const buffer = this.bytes;
    const { length } = this;
    this.#inFlight = buffer;
    this.bytes = this.#spare;
    this.length = 0;
    this.handedOver += length;
    this.#socket.write(buffer.subarray(0, length)).then(this.#written, this.#failed);
  }

  /**
   * Writes nothing any more, but lets a write under way finish, and one last one of what is there.
   *
   * @returns When the last write is over, well or not.
   */
  async close(): Promise<void> {
    while (!this.#closed && (this.#inFlight !== null || this.length > 0)) {
      this.flush();
      await new Promise<void>((resolve) => this.#settled = resolve);
    }
    this.#closed = true;
  }

  /** Writes nothing any more. */
  abort(): void {
    this.#closed = true;
    this.#settled();
  }

  #settled: () => void = () => {};

  readonly #round = (): void => {
    if (this.length !== this.#lengthSeen) this.#quietRounds = 0;
    this.#lengthSeen = this.length;
    if (++this.#quietRounds > QUIET_ROUNDS || !this.hasRoom) {
      this.#scheduled = false;
      this.flush();
      return;
    }
    queueMicrotask(this.#round);
  };

  readonly #written = (): void => {
    const buffer = this.#inFlight!;
    this.#spare = buffer.length <= MAX_KEPT_CAPACITY ? buffer : new Uint8Array(INITIAL_CAPACITY);
    this.#inFlight = null;
    this.#settled();
    if (this.#closed) return;
    this.#events.onWritten();
    if (this.length > 0) this.schedule();
  };

  readonly #failed = (error: unknown): void => {
    this.#inFlight = null;
    const wasClosed = this.#closed;
    this.#closed = true;
    this.#settled();
    if (!wasClosed) this.#events.onWriteError(error);
  };
}
