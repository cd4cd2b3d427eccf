/**
 * The streams of a connection by their identifiers, RFC 9113 §5.1.1 and §5.1.2.
 *
 * @module
 */

import { ConnectionError, ErrorCode } from "./errors.ts";
import { type FloodGuard, frameWeight } from "./flood_guard.ts";
import { BYTES_PER_FRAME, MAX_FORGOTTEN_BYTES, MAX_FORGOTTEN_SECTIONS, MAX_RESET_STREAMS } from "./limits.ts";
import type { Http2Stream } from "./stream.ts";
import { StreamMap } from "./stream_map.ts";

/** Largest stream identifier; after it only a new connection helps. */
const MAX_STREAM_ID = 0x7fffffff;

/** Header sections that may be on their way when a stream is reset: the response's, and its trailers. */
const LATE_SECTIONS = 2;

/** What the peer may still send on a stream that we have reset, or on several. */
interface Late {
  window: number;
  sections: number;
}

const MOST_FORGOTTEN: Readonly<Late> = { window: MAX_FORGOTTEN_BYTES, sections: MAX_FORGOTTEN_SECTIONS };

/** Open, queued and recently reset streams. */
export class StreamTable {
  /** Streams the peer knows, until both sides have ended them. */
  readonly active: StreamMap = new StreamMap();
  /** Streams that wait for a slot, first come first served. */
  readonly queued: Set<Http2Stream> = new Set();
  readonly #reset = new Map<number, Late>();
  /** Reset streams up to this identifier are forgotten. */
  #forgottenUpTo = 0;
  /** What may still come on all of them together. */
  readonly #forgotten: Late = { window: 0, sections: 0 };
  readonly #firstId: number;
  #nextId: number;
  readonly #guard: FloodGuard;

  /**
   * Makes an empty table.
   *
   * @param guard Counts frames that come late.
   * @param firstId The first stream's identifier, odd.
   */
  constructor(guard: FloodGuard, firstId: number) {
    this.#guard = guard;
    this.#firstId = firstId;
    this.#nextId = firstId;
  }

  /** Whether a stream was ever opened. */
  get used(): boolean {
    return this.#nextId > this.#firstId;
  }

  /** Whether no identifier is left. */
  get exhausted(): boolean {
    return this.#nextId > MAX_STREAM_ID;
  }

  /**
   * Gives a stream its identifier.
   *
   * @param stream A queued one.
   */
  open(stream: Http2Stream): void {
    if (this.queued.size > 0) this.queued.delete(stream);
    stream.id = this.#nextId;
    stream.state = "open";
    this.#nextId += 2;
    this.active.add(stream);
  }

  /**
   * Forgets a stream that both sides, or the peer, have ended.
   *
   * @param stream Any.
   */
  remove(stream: Http2Stream): void {
    this.active.delete(stream);
    if (this.queued.size > 0) this.queued.delete(stream);
  }

  /**
   * Remembers that we have reset a stream, since its frames may be on their way.
   *
   * @param stream An active one.
   */
  markReset(stream: Http2Stream): void {
    this.active.delete(stream);
    this.#reset.set(stream.id, { window: stream.receiveWindow.available, sections: LATE_SECTIONS });
    if (this.#reset.size > MAX_RESET_STREAMS) this.#forgetOldest();
  }

  /**
   * Checks that a frame is not for a stream that was never opened.
   *
   * @param id The frame's stream.
   * @throws {ConnectionError} If it is idle, or the peer's own (§5.1: PROTOCOL_ERROR).
   */
  mustNotBeIdle(id: number): void {
    if (id >= this.#nextId || id % 2 === 0) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `frame on stream ${id}, which is idle`);
    }
  }

  /**
   * Accounts for DATA on a stream that is not active; its bytes are dropped.
   *
   * @param id The frame's stream.
   * @param length Bytes of its payload.
   * @param endStream Whether it ends the stream.
   * @throws {ConnectionError} If the stream was ended by the peer (§5.1: STREAM_CLOSED).
   */
  lateData(id: number, length: number, endStream: boolean): void {
    const late = this.#late(id);
    late.window -= late === this.#forgotten ? Math.max(length, BYTES_PER_FRAME) : length;
    if (late.window < 0) this.#guard.badFrame();
    if (endStream) this.#peerEnded(id);
  }

  /**
   * Accounts for a header section on a stream that is not active; it was decoded and is dropped.
   *
   * @param id The frame's stream.
   * @param length Bytes of its header block.
   * @param endStream Whether it ends the stream.
   * @throws {ConnectionError} If the stream was ended by the peer (§5.1: STREAM_CLOSED).
   */
  lateHeaders(id: number, length: number, endStream: boolean): void {
    const late = this.#late(id);
    late.sections -= late === this.#forgotten ? frameWeight(length) : 1;
    if (late.sections < 0) this.#guard.badFrame(length);
    if (endStream) this.#peerEnded(id);
  }

  /**
   * Accounts for RST_STREAM on a stream that is not active.
   *
   * @param id The frame's stream.
   */
  lateReset(id: number): void {
    this.#reset.delete(id);
    this.#guard.controlFrame();
  }

  #late(id: number): Late {
    this.mustNotBeIdle(id);
    const late = this.#reset.get(id);
    if (late !== undefined) return late;
    if (id <= this.#forgottenUpTo) return this.#forgotten;
    throw new ConnectionError(ErrorCode.STREAM_CLOSED, `frame on stream ${id}, which is closed`);
  }

  #forgetOldest(): void {
    const [[id, late]] = this.#reset;
    this.#reset.delete(id);
    this.#forgottenUpTo = Math.max(this.#forgottenUpTo, id);
    for (const kind of ["window", "sections"] as const) {
      const left = Math.max(0, this.#forgotten[kind]) + Math.max(0, late[kind]);
      this.#forgotten[kind] = Math.min(MOST_FORGOTTEN[kind], left);
    }
  }

  /** A further frame on the stream is an error from now on. */
  #peerEnded(id: number): void {
    this.#reset.delete(id);
  }
}
