/**
 * Requests and all else that goes out on streams.
 *
 * @module
 */

import type { CorkedWriter } from "./corked_writer.ts";
import { DataSender } from "./data_sender.ts";
import { ConnectionError, ErrorCode, type StreamError } from "./errors.ts";
import type { FloodGuard } from "./flood_guard.ts";
import { encodeHeaders } from "./frame/headers.ts";
import { encodeRstStream } from "./frame/rst_stream.ts";
import { Setting } from "./frame/settings.ts";
import { encodeWindowUpdate } from "./frame/window_update.ts";
import { HpackEncoder } from "./hpack/encoder.ts";
import type { HeaderBlock } from "./hpack/header_block.ts";
import { ResponseHeaders } from "./response_headers.ts";
import { PeerSettings } from "./settings.ts";
import { Http2Stream, type StreamHandler, type StreamOwner } from "./stream.ts";
import { StreamTable } from "./stream_table.ts";

/** What the connection is told. */
export interface OutboundEvents {
  /** The first stream was opened after there was none. */
  onBusy(): void;
  /** The last stream is gone. */
  onIdle(): void;
  /** The last stream identifier was used. */
  onExhausted(): void;
}

/** One connection's streams and what is sent on them. */
export class Outbound implements StreamOwner {
  /** Of this connection. */
  readonly streams: StreamTable;
  /** Content that waits for windows, and the connection's window. */
  readonly sender: DataSender;
  /** Checks of response headers. */
  readonly responseHeaders: ResponseHeaders = new ResponseHeaders();
  readonly #peer = new PeerSettings();
  readonly #encoder = new HpackEncoder();
  readonly #writer: CorkedWriter;
  readonly #guard: FloodGuard;
  readonly #streamWindow: number;
  readonly #events: OutboundEvents;
  /** What SETTINGS_INITIAL_WINDOW_SIZE changed by in the frame that is being read. */
  #windowChange = 0;
  /** Why no request is taken, or null. */
  #refusal: string | null = null;

  /**
   * Takes requests from the start; the connection is not given away before the peer's SETTINGS came.
   *
   * @param writer Where to.
   * @param guard Is told of progress, and counts late frames.
   * @param streamWindow Our SETTINGS_INITIAL_WINDOW_SIZE.
   * @param firstStreamId Odd.
   * @param events The connection.
   */
  constructor(
    writer: CorkedWriter,
    guard: FloodGuard,
    streamWindow: number,
    firstStreamId: number,
    events: OutboundEvents,
  ) {
    this.#writer = writer;
    this.#guard = guard;
    this.#streamWindow = streamWindow;
    this.#events = events;
    this.streams = new StreamTable(guard, firstStreamId);
    this.sender = new DataSender(writer, this.#peer, guard);
  }

  /**
   * Sends a request, queues it, or refuses it in a microtask, when its maker holds the stream.
   *
   * @param headers What to send first.
   * @param handler Who takes the response.
   * @param endStream Whether there is no content to follow.
   * @returns The stream.
   */
  request(headers: HeaderBlock, handler: StreamHandler, endStream: boolean): Http2Stream {
    const stream = new Http2Stream(this, headers, handler, this.#peer.initialWindowSize, this.#streamWindow);
    stream.endStream = endStream;
    if (this.#refusal !== null) queueMicrotask(() => this.#refuse(stream, this.#refusal!));
    else if (headers.size > this.#peer.maxHeaderListSize) queueMicrotask(() => this.#tooLarge(stream));
    else if (this.streams.active.size < this.#peer.maxConcurrentStreams) this.#start(stream);
    else this.streams.queued.add(stream);
    return stream;
  }

  /**
   * Takes no requests any more, and refuses those that are queued.
   *
   * @param why What to tell them.
   */
  refuseRequests(why: string): void {
    this.#refusal = why;
    for (const stream of this.streams.queued) this.#refuse(stream, why);
  }

  /**
   * Fails the streams that the peer says it will not process.
   *
   * @param lastStreamId Of its GOAWAY.
   */
  refuseAbove(lastStreamId: number): void {
    for (const stream of this.streams.active.all()) {
      if (stream.id > lastStreamId) this.#refuse(stream, "not processed by a server that is going away");
    }
  }

  /**
   * Fails all streams, since the connection is gone.
   *
   * @param code Of the error that ended it.
   * @param message What happened.
   */
  failAll(code: number, message: string): void {
    this.refuseRequests(message);
    for (const stream of this.streams.active.all()) {
      // The news of one may lead to the end of another.
      if (stream.state === "closed") continue;
      const executed = stream.headersAt >= this.#writer.handedOver ? "no" : "unknown";
      this.#drop(stream);
      try {
        stream.fail(code, "connection", executed, message);
      } catch (error) {
        // A mistake of one handler must not keep the news from the others.
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /**
   * Ends a stream on which the peer broke the protocol.
   *
   * @param stream The stream.
   * @param error What was found.
   */
  resetBroken(stream: Http2Stream, error: StreamError): void {
    this.reset(stream, error.code);
    stream.fail(error.code, "us", "unknown", error.message);
  }

  /**
   * Ends a stream that the peer has reset.
   *
   * @param stream The stream.
   * @param code Of the RST_STREAM.
   */
  resetByPeer(stream: Http2Stream, code: number): void {
    this.#drop(stream);
    stream.fail(code, "peer", code === ErrorCode.REFUSED_STREAM ? "no" : "unknown");
  }

  /**
   * Takes over one of the peer's settings.
   *
   * @param identifier One of {@linkcode Setting}, or another.
   * @param value Unsigned.
   * @throws {ConnectionError} If the value is not allowed.
   */
  applySetting(identifier: number, value: number): void {
    const { initialWindowSize } = this.#peer;
    this.#peer.apply(identifier, value);
    if (identifier === Setting.HEADER_TABLE_SIZE) this.#encoder.setMaxTableSize(value);
    if (identifier === Setting.INITIAL_WINDOW_SIZE) this.#windowChange += value - initialWindowSize;
  }

  /**
   * Goes on with what the settings may have made room for.
   *
   * @throws {ConnectionError} If a window became too large.
   */
  settingsApplied(): void {
    if (this.#windowChange !== 0) this.#adjustWindows(this.#windowChange);
    this.#windowChange = 0;
    this.#startQueued();
    this.sender.pump();
  }

  /** See {@linkcode StreamOwner}. */
  sendNow(stream: Http2Stream, prefix: Uint8Array, bytes: Uint8Array, endStream: boolean): boolean {
    return this.sender.sendNow(stream, prefix, bytes, endStream);
  }

  /** See {@linkcode StreamOwner}. */
  sendLater(stream: Http2Stream): void {
    this.sender.sendLater(stream);
  }

  /** See {@linkcode StreamOwner}. */
  sendWindowUpdate(stream: Http2Stream, increment: number): void {
    encodeWindowUpdate(this.#writer, stream.id, increment);
    this.#writer.schedule();
  }

  /** See {@linkcode StreamOwner}. */
  reset(stream: Http2Stream, code: number): void {
    if (stream.id !== 0) {
      encodeRstStream(this.#writer, stream.id, code);
      this.#writer.schedule();
      if (stream.state !== "half-closed (remote)") this.streams.markReset(stream);
    }
    stream.state = "closed";
    stream.unsent.length = 0;
    this.#drop(stream);
  }

  /** See {@linkcode StreamOwner}. */
  ended(stream: Http2Stream): void {
    this.#drop(stream);
  }

  /** Another connection, or a later try, would not help it. */
  #tooLarge(stream: Http2Stream): void {
    if (stream.state === "closed") return;
    this.#drop(stream);
    const found = `header list over the server's ${this.#peer.maxHeaderListSize} bytes`;
    stream.fail(ErrorCode.ENHANCE_YOUR_CALM, "us", "no", found);
  }

  #refuse(stream: Http2Stream, why: string): void {
    if (stream.state === "closed") return;
    this.#drop(stream);
    stream.fail(ErrorCode.REFUSED_STREAM, "connection", "no", why);
  }

  #start(stream: Http2Stream): void {
    const wasIdle = this.streams.active.size === 0;
    this.streams.open(stream);
    stream.headersAt = this.#writer.position;
    const block = this.#encoder.encode(stream.headers);
    const endStream = stream.endStream && stream.unsent.length === 0;
    encodeHeaders(this.#writer, stream.id, block, endStream, this.#peer.maxFrameSize);
    this.#guard.progress();
    this.#writer.schedule();
    if (endStream) stream.sendingEnded();
    else if (stream.unsent.length > 0) this.sender.sendLater(stream);
    if (wasIdle) this.#events.onBusy();
    if (this.streams.exhausted) this.#events.onExhausted();
  }

  #startQueued(): void {
    for (const stream of this.streams.queued) {
      if (this.streams.active.size >= this.#peer.maxConcurrentStreams) return;
      this.#start(stream);
    }
  }

  /** Forgets a stream, whose place a queued one may take. */
  #drop(stream: Http2Stream): void {
    this.sender.remove(stream);
    this.streams.remove(stream);
    if (this.streams.queued.size > 0 && this.#refusal === null) this.#startQueued();
    if (this.streams.active.size === 0 && this.streams.queued.size === 0) this.#events.onIdle();
  }

  #adjustWindows(increment: number): void {
    for (const streams of [this.streams.active.all(), this.streams.queued]) {
      for (const stream of streams) {
        if (stream.sendWindow.adjust(increment)) continue;
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "stream window above 2^31-1");
      }
    }
  }
}
