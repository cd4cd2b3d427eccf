/**
 * The client's end of an HTTP/2 connection, RFC 9113, over any byte stream.
 *
 * ```text
 *                 first SETTINGS     GOAWAY received, drain(), or no stream id left
 *   handshaking ────────────────▶ open ─────────────────────────────────────▶ draining
 *        │                         │                                             │ last stream ended
 *        └─────────────────────────┴──────────────────▶ closed ◀─────────────────┘
 *            close(), end or failure of the socket, protocol error, dead by keep-alive
 * ```
 *
 * @module
 */

import type { Socket } from "../../socket.ts";
import { CorkedWriter } from "./corked_writer.ts";
import { ConnectionError, ConnectionLost, ErrorCode } from "./errors.ts";
import { FloodGuard } from "./flood_guard.ts";
import { DEFAULT_WINDOW_SIZE, ReceiveWindow } from "./flow_control.ts";
import { encodeGoAway, type GoAway } from "./frame/goaway.ts";
import { encodePing } from "./frame/ping.ts";
import { encodeSettings } from "./frame/settings.ts";
import { encodeWindowUpdate } from "./frame/window_update.ts";
import { type FrameSink, readFrames } from "./frame_reader.ts";
import type { HeaderBlock } from "./hpack/header_block.ts";
import { Inbound } from "./inbound.ts";
import { KeepAlive, type KeepAliveOptions } from "./keep_alive.ts";
import { CONNECTION_WINDOW, INITIAL_STREAM_WINDOW } from "./limits.ts";
import { Outbound } from "./outbound.ts";
import { ownSettings } from "./settings.ts";
import type { Http2Stream, StreamHandler } from "./stream.ts";

/** The states of the diagram. */
export type ConnectionState = "handshaking" | "open" | "draining" | "closed";

/** How a connection behaves, and who hears of its end. */
export interface ConnectionOptions {
  /** Ends the wait for the peer's first SETTINGS; has no effect afterwards. */
  readonly signal?: AbortSignal;
  /** Looks for dead peers. @default {false} */
  readonly keepAlive?: KeepAliveOptions | false;
  /** Bytes that the peer may send on a stream before they are consumed. @default {1 MiB} */
  readonly initialStreamWindow?: number;
  /** Odd; identifiers below are never used (RFC 9113 §5.1.1). @default {1} */
  readonly firstStreamId?: number;
  /**
   * No request is taken any more, those under way go on: time for another connection.
   *
   * @param goAway What the peer said, or null after `drain()` and when stream identifiers ran out.
   */
  readonly onDraining?: (goAway: GoAway | null) => void;
  /**
   * All is over; streams were told before.
   *
   * @param error Null after `close()` and after draining.
   */
  readonly onClosed?: (error: Error | null) => void;
}

/** The client connection preface, RFC 9113 §3.4; our SETTINGS follow it. */
const PREFACE = new TextEncoder().encode("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** Milliseconds that a last GOAWAY may take to leave. */
const GOODBYE_TIMEOUT = 250;

/** Requests go out and responses come in over one of these; see {@linkcode Http2Connection.open}. */
export class Http2Connection {
  /**
   * Shakes hands over a socket, which then belongs to the connection.
   *
   * @param socket Connected, with `h2` agreed on by ALPN if it is TLS.
   * @param options See there.
   * @returns The connection, when the peer's first SETTINGS came.
   * @throws {ConnectionLost} If the socket ended or failed.
   * @throws {ConnectionError} If the peer does not speak HTTP/2.
   * @throws The signal's reason, if that came first.
   */
  static async open(socket: Socket, options: ConnectionOptions = {}): Promise<Http2Connection> {
    const { signal } = options;
    const connection = new Http2Connection(socket, options);
    const onAbort = () => connection.#end(signal!.reason);
    signal?.addEventListener("abort", onAbort);
    if (signal?.aborted) onAbort();
    try {
      await connection.#handshake;
      return connection;
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }

  /** Resolves when no request is taken any more: it drains or is closed. Never rejects. */
  readonly down: Promise<void>;
  /** Resolves when the socket is closed and nothing runs any more. Never rejects. */
  readonly closed: Promise<void>;

  readonly #socket: Socket;
  readonly #options: ConnectionOptions;
  readonly #guard = new FloodGuard();
  readonly #receiveWindow = new ReceiveWindow(DEFAULT_WINDOW_SIZE, CONNECTION_WINDOW);
  readonly #writer: CorkedWriter;
  readonly #outbound: Outbound;
  readonly #keepAlive: KeepAlive | null;
  readonly #handshake: Promise<void>;
  #handshakeDone!: (error?: unknown) => void;
  #isDown!: () => void;
  #state: ConnectionState = "handshaking";
  #goAway: GoAway | null = null;
  #goodbye: Promise<void> | null = null;

  private constructor(socket: Socket, options: ConnectionOptions) {
    this.#socket = socket;
    this.#options = options;
    this.#handshake = new Promise((resolve, reject) => {
      this.#handshakeDone = (error) => error === undefined ? resolve() : reject(error);
    });
    this.down = new Promise((resolve) => this.#isDown = resolve);
    this.#writer = new CorkedWriter(socket, {
      onWritten: () => this.#onWritten(),
      onWriteError: (error) => this.#end(lost("write failed", error)),
    });
    const streamWindow = options.initialStreamWindow ?? INITIAL_STREAM_WINDOW;
    this.#outbound = new Outbound(this.#writer, this.#guard, streamWindow, options.firstStreamId ?? 1, {
      onBusy: () => this.#keepAlive?.streamOpened(),
      onIdle: () => this.#onIdle(),
      onExhausted: () => this.#drain(null),
    });
    this.#keepAlive = options.keepAlive ? this.#startKeepAlive(options.keepAlive) : null;
    this.#sendPreface(streamWindow);
    this.closed = this.#run();
  }

  /** Where it is in the diagram above. */
  get state(): ConnectionState {
    return this.#state;
  }

  /** What the peer said in its last GOAWAY, if it did. */
  get goAway(): GoAway | null {
    return this.#goAway;
  }

  /** Whether the server took requests and then asked, in good order, to make the next ones on another connection. */
  get servedOut(): boolean {
    if (this.#goAway === null) return false;
    const { code, lastStreamId } = this.#goAway;
    return code === ErrorCode.NO_ERROR && lastStreamId > 0 && this.#outbound.streams.used;
  }

  /** How many streams are open or wait for a slot. */
  get streams(): number {
    return this.#outbound.streams.active.size + this.#outbound.streams.queued.size;
  }

  /**
   * Sends a request, or queues it while the peer takes no more at once. When the connection takes no requests,
   * the handler's `onReset` says so in a microtask, with `executed: "no"`.
   *
   * @param headers What to send first.
   * @param handler Who takes the response.
   * @param endStream Whether there is no content to follow.
   * @returns The stream, to send content on and to cancel.
   */
  request(headers: HeaderBlock, handler: StreamHandler, endStream = false): Http2Stream {
    return this.#outbound.request(headers, handler, endStream);
  }

  /** Takes no request any more, and closes when those under way have ended. Idempotent. */
  drain(): void {
    this.#drain(null);
    this.#onIdle();
  }

  /**
   * Closes the connection; open streams fail. Idempotent.
   *
   * @returns When the socket is closed and nothing runs any more.
   */
  close(): Promise<void> {
    this.#end(null);
    return this.closed;
  }

  #sendPreface(streamWindow: number): void {
    this.#writer.append(PREFACE);
    encodeSettings(this.#writer, ownSettings(streamWindow));
    encodeWindowUpdate(this.#writer, 0, this.#receiveWindow.consume(0));
    this.#writer.flush();
  }

  #startKeepAlive(options: KeepAliveOptions): KeepAlive {
    return new KeepAlive(options, {
      hasStreams: () => this.#outbound.streams.active.size > 0,
      sendPing: () => {
        encodePing(this.#writer);
        this.#writer.schedule();
      },
      onDead: () => this.#end(new ConnectionLost("Connection lost: keep-alive ping not answered")),
    });
  }

  /** Reads until the end, then frees everything. */
  async #run(): Promise<void> {
    try {
      await readFrames(this.#socket, this.#frameSink());
      this.#end(lost("closed by the server"));
    } catch (error) {
      this.#end(error instanceof ConnectionError ? error : lost("read failed", error));
    }
    await this.#goodbye;
  }

  #frameSink(): FrameSink {
    const outbound = this.#outbound;
    const inbound = new Inbound({
      writer: this.#writer,
      guard: this.#guard,
      receiveWindow: this.#receiveWindow,
      outbound,
      onSettings: () => this.#onSettings(),
      onGoAway: (goAway) => this.#onGoAway(goAway),
    });
    const isClosed = () => this.#state === "closed";
    return {
      get stopped() {
        return isClosed();
      },
      onRead: () => this.#keepAlive?.received(),
      onFrame: (type, flags, streamId, bytes, start, end) =>
        inbound.onFrame(type, flags, streamId, bytes, start, end),
      onOversizedFrame: (type, flags, streamId, length) =>
        inbound.onOversizedFrame(type, flags, streamId, length),
      onReadEnd: () => this.#writer.schedule(),
    };
  }

  #onSettings(): void {
    this.#outbound.settingsApplied();
    if (this.#state !== "handshaking") return;
    this.#state = "open";
    this.#handshakeDone();
  }

  /** RFC 9113 §6.8: graceful servers say it twice, first with the largest identifier, then with the true one. */
  #onGoAway(goAway: GoAway): void {
    if (this.#goAway !== null && goAway.lastStreamId > this.#goAway.lastStreamId) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "GOAWAY with a larger last stream than before");
    }
    this.#goAway = goAway;
    this.#drain(goAway);
    this.#outbound.refuseAbove(goAway.lastStreamId);
    this.#onIdle();
  }

  #drain(goAway: GoAway | null): void {
    if (this.#state !== "open") return;
    this.#state = "draining";
    this.#isDown();
    this.#options.onDraining?.(goAway);
    this.#outbound.refuseRequests("connection is draining");
  }

  #onIdle(): void {
    if (this.#state === "draining" && this.streams === 0) this.#end(null);
  }

  #onWritten(): void {
    this.#guard.acksWritten();
    this.#outbound.sender.pump();
  }

  /** Ends everything; the peer is told why unless the socket is to blame. */
  #end(error: Error | null): void {
    if (this.#state === "closed") return;
    this.#state = "closed";
    this.#isDown();
    this.#keepAlive?.stop();
    const code = error instanceof ConnectionError ? error.code : ErrorCode.NO_ERROR;
    this.#handshakeDone(error ?? lost("closed"));
    try {
      this.#outbound.failAll(code, error?.message ?? "Connection closed");
      this.#options.onClosed?.(error);
    } finally {
      this.#goodbye = this.#sayGoodbye(error, code);
    }
  }

  async #sayGoodbye(error: Error | null, code: number): Promise<void> {
    if (error !== null && !(error instanceof ConnectionError)) {
      this.#writer.abort();
    } else {
      // What was not handed to the socket will not be: its streams fail as certainly not executed.
      this.#writer.length = 0;
      encodeGoAway(this.#writer, code);
      const timer = setTimeout(() => this.#writer.abort(), GOODBYE_TIMEOUT);
      await this.#writer.close();
      clearTimeout(timer);
    }
    this.#socket.close();
  }
}

function lost(how: string, cause?: unknown): ConnectionLost {
  return new ConnectionLost(`Connection lost: ${how}`, { cause });
}
