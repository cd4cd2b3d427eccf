/**
 * One request and its response, in the states of RFC 9113 §5.1 as a client without push sees them:
 *
 * ```text
 *            HEADERS sent                END_STREAM sent
 *   queued ───────────────▶ open ───────────────────────▶ half-closed (local)
 *     │                      │                                   │
 *     │                      │ END_STREAM received               │ END_STREAM received
 *     │                      ▼                                   ▼
 *     │            half-closed (remote) ─────────────────────▶ closed
 *     │                             END_STREAM sent              ▲
 *     └──────────────────────────────────────────────────────────┘
 *        from every state: RST_STREAM sent or received, connection lost
 * ```
 *
 * "queued" is the RFC's idle: the peer's SETTINGS_MAX_CONCURRENT_STREAMS holds the request back.
 *
 * @module
 */

import { ErrorCode, errorCodeName, StreamError } from "./errors.ts";
import { ReceiveWindow, SendWindow } from "./flow_control.ts";
import type { HeaderBlock } from "./hpack/header_block.ts";
import type { HeaderList } from "./hpack/header_field.ts";
import { MAX_STREAM_WINDOW } from "./limits.ts";
import type { ResponseHeaders } from "./response_headers.ts";

/** The states of the diagram. */
export type StreamState = "queued" | "open" | "half-closed (local)" | "half-closed (remote)" | "closed";

/** Why a stream ended without a whole response. */
export interface StreamReset {
  /** One of `ErrorCode`, or an unknown one; NO_ERROR when the connection was simply lost. */
  readonly code: number;
  /** Who ended it: the peer by RST_STREAM, we because the peer broke the protocol, or the connection's end. */
  readonly by: "peer" | "us" | "connection";
  /**
   * `"no"` if the request was certainly not processed: never given to the socket, above the last stream of a
   * GOAWAY, or refused with REFUSED_STREAM.
   */
  readonly executed: "no" | "unknown";
  /** What happened. */
  readonly message: string;
}

/**
 * Who made a request; called from inside the read loop, so that a thrown error ends the connection. Either
 * `onEnd` or `onReset` is called last and once; after `cancel` nothing is called at all.
 */
export interface StreamHandler {
  /** The header section, after any 1xx ones; with `endStream` it is all of the response. */
  onHeaders(headers: HeaderList, endStream: boolean): void;
  /**
   * Content: `bytes` from `start` to `end`, valid during the call only. The stream's window shrinks until
   * {@linkcode Http2Stream.consume} is called for as many bytes.
   */
  onData(bytes: Uint8Array, start: number, end: number): void;
  /** The trailer section; the response ends with it. */
  onTrailers(trailers: HeaderList): void;
  /** The response is whole. */
  onEnd(): void;
  /** There will be no whole response. */
  onReset(reset: StreamReset): void;
  /** All that `write` had to hold back is sent. */
  onDrain?(): void;
}

/** What a stream needs of its connection. */
export interface StreamOwner {
  /** Checks of header sections. */
  readonly responseHeaders: ResponseHeaders;
  /** Sends bytes at once, or returns false. */
  sendNow(stream: Http2Stream, prefix: Uint8Array, bytes: Uint8Array, endStream: boolean): boolean;
  /** Sends what lies in `stream.unsent` as windows allow. */
  sendLater(stream: Http2Stream): void;
  /** Grants the peer more bytes. */
  sendWindowUpdate(stream: Http2Stream, increment: number): void;
  /** Sends RST_STREAM where the peer knows the stream, and forgets it. */
  reset(stream: Http2Stream, code: number): void;
  /** Forgets a stream that both sides have ended. */
  ended(stream: Http2Stream): void;
}

/** Bytes that wait for the peer's windows. */
export interface Unsent {
  /** What was given to `write`. */
  readonly bytes: Uint8Array;
  /** How much of it is sent. */
  sent: number;
}

const NOTHING = new Uint8Array(0);

/** Made by `Http2Connection.request`. */
export class Http2Stream {
  /** The stream identifier; 0 while it is queued. */
  id = 0;
  /** Where it is in the diagram above; changed by the connection. */
  state: StreamState = "queued";
  /** The next one in its bucket of the `StreamMap`. */
  nextInBucket: Http2Stream | null = null;
  /** Where its HEADERS frame starts in the connection's output. */
  headersAt = Infinity;
  /** What may be sent. */
  readonly sendWindow: SendWindow;
  /** What may be received. */
  readonly receiveWindow: ReceiveWindow;
  /** What `write` took and the windows do not let go yet. */
  readonly unsent: Unsent[] = [];
  /** Whether END_STREAM follows `unsent`, or was sent. */
  endStream = false;
  /** What it sends first. */
  readonly headers: HeaderBlock;

  readonly #handler: StreamHandler;
  readonly #owner: StreamOwner;
  #headReceived = false;
  #responseEnded = false;
  /** Bytes of content still to come by `content-length`, or NaN without one. */
  #contentLeft = NaN;

  /**
   * Makes a queued stream.
   *
   * @param owner Its connection.
   * @param headers What it sends first.
   * @param handler Who made the request.
   * @param sendWindow The peer's SETTINGS_INITIAL_WINDOW_SIZE.
   * @param receiveWindow Ours.
   */
  constructor(
    owner: StreamOwner,
    headers: HeaderBlock,
    handler: StreamHandler,
    sendWindow: number,
    receiveWindow: number,
  ) {
    this.#owner = owner;
    this.headers = headers;
    this.#handler = handler;
    this.sendWindow = new SendWindow(sendWindow);
    this.receiveWindow = new ReceiveWindow(receiveWindow);
  }

  /** Bytes that `write` took and could not send yet. */
  get buffered(): number {
    return this.unsent.reduce((sum, { bytes, sent }) => sum + bytes.length - sent, 0);
  }

  /**
   * Sends content. Does nothing on a stream that was closed or whose sending side was ended.
   *
   * @param bytes The content; not to be changed until it is sent, see the returned value.
   * @param endStream Whether it is the last.
   * @param prefix Content before `bytes`, copied at once.
   * @returns False if some of it must wait; `onDrain` tells when it is sent.
   */
  write(bytes: Uint8Array, endStream: boolean, prefix: Uint8Array = NOTHING): boolean {
    if (this.state === "closed" || this.endStream) return true;
    this.endStream = endStream;
    if (this.unsent.length === 0 && this.#owner.sendNow(this, prefix, bytes, endStream)) return true;
    if (prefix.length > 0) this.unsent.push({ bytes: prefix.slice(), sent: 0 });
    this.unsent.push({ bytes, sent: 0 });
    this.#owner.sendLater(this);
    return this.unsent.length === 0;
  }

  /**
   * Gives back window for content that needs no memory any more.
   *
   * @param count Bytes, of those that `onData` gave.
   */
  consume(count: number): void {
    const { receiveWindow } = this;
    const increment = receiveWindow.consume(count);
    if (increment === 0 || this.state === "closed" || this.state === "half-closed (remote)") return;
    this.#owner.sendWindowUpdate(this, increment);
    // A reader that leaves nothing lying may be held back by the window alone, on a long line.
    if (receiveWindow.available === receiveWindow.size && receiveWindow.size < MAX_STREAM_WINDOW) {
      receiveWindow.grow(Math.min(receiveWindow.size * 2, MAX_STREAM_WINDOW));
    }
  }

  /**
   * Ends the stream; the handler is not called any more.
   *
   * @param code What to tell the peer.
   */
  cancel(code: number = ErrorCode.CANCEL): void {
    if (this.state === "closed") return;
    this.#owner.reset(this, code);
  }

  /** END_STREAM was sent. Called by the connection. */
  sendingEnded(): void {
    if (this.state === "open") {
      this.state = "half-closed (local)";
    } else if (this.state === "half-closed (remote)") {
      this.state = "closed";
      this.#owner.ended(this);
    }
  }

  /** All of `unsent` was sent. Called by the connection. */
  drained(): void {
    if (!this.endStream) this.#handler.onDrain?.();
  }

  /**
   * A header or trailer section came. Called by the connection.
   *
   * @param list The section.
   * @param endStream Whether the response ends with it.
   * @returns False for a 1xx section, which moves nothing on.
   * @throws {StreamError} If it may not come now, or is malformed.
   */
  receiveHeaders(list: HeaderList, endStream: boolean): boolean {
    this.#mustBeReceiving();
    if (this.#headReceived) {
      if (!endStream) throw new StreamError(ErrorCode.PROTOCOL_ERROR, "trailers without END_STREAM");
      this.#owner.responseHeaders.checkTrailers(list);
      this.#mustHaveAllContent();
      this.#handler.onTrailers(list);
      this.#receivingEnded();
      return true;
    }
    const { status, contentLength } = this.#owner.responseHeaders.checkHead(list);
    if (status < 200) {
      if (endStream || status === 101) throw new StreamError(ErrorCode.PROTOCOL_ERROR, `status ${status}`);
      return false;
    }
    this.#headReceived = true;
    if (contentLength >= 0) this.#contentLeft = contentLength;
    if (endStream) this.#mustHaveAllContent();
    this.#handler.onHeaders(list, endStream);
    if (endStream) this.#receivingEnded();
    return true;
  }

  /**
   * A DATA frame came. Called by the connection.
   *
   * @param bytes Holds its content.
   * @param start The content's first byte.
   * @param end One past its last byte.
   * @param padding Bytes of the payload beside the content.
   * @param endStream Whether the response ends with it.
   * @throws {StreamError} If it may not come now, or is over the window.
   */
  receiveData(bytes: Uint8Array, start: number, end: number, padding: number, endStream: boolean): void {
    this.#mustBeReceiving();
    if (!this.receiveWindow.receive(end - start + padding)) {
      throw new StreamError(ErrorCode.FLOW_CONTROL_ERROR, "more DATA than the stream's window");
    }
    if (!this.#headReceived) throw new StreamError(ErrorCode.PROTOCOL_ERROR, "DATA before HEADERS");
    this.#contentLeft -= end - start;
    if (this.#contentLeft < 0) throw contentLengthError();
    if (padding > 0) this.consume(padding);
    if (end > start) this.#handler.onData(bytes, start, end);
    if (!endStream) return;
    this.#mustHaveAllContent();
    this.#receivingEnded();
  }

  /**
   * The stream is over; the handler is told unless its response was whole already. Called by the connection.
   *
   * @param code Of the RST_STREAM, if there was one.
   * @param by Who ended it.
   * @param executed Whether the request may have been processed.
   * @param message What happened.
   */
  fail(code: number, by: StreamReset["by"], executed: StreamReset["executed"], message?: string): void {
    this.state = "closed";
    this.unsent.length = 0;
    if (this.#responseEnded) return;
    message ??= `stream reset by the server: ${errorCodeName(code)}`;
    this.#handler.onReset({ code, by, executed, message });
  }

  #mustBeReceiving(): void {
    if (this.state === "half-closed (remote)") {
      throw new StreamError(ErrorCode.STREAM_CLOSED, "frame after END_STREAM");
    }
  }

  #mustHaveAllContent(): void {
    if (this.#contentLeft > 0) throw contentLengthError();
  }

  #receivingEnded(): void {
    this.#responseEnded = true;
    if (this.state === "open") {
      this.state = "half-closed (remote)";
    } else if (this.state === "half-closed (local)") {
      this.state = "closed";
      this.#owner.ended(this);
    } else {
      // The handler cancelled the stream.
      return;
    }
    this.#handler.onEnd();
  }
}

function contentLengthError(): StreamError {
  return new StreamError(ErrorCode.PROTOCOL_ERROR, "content differs from content-length");
}
