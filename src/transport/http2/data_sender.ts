/**
 * Sends the content of all streams within the peer's windows, RFC 9113 §6.9, in turn.
 *
 * @module
 */

import type { CorkedWriter } from "./corked_writer.ts";
import type { FloodGuard } from "./flood_guard.ts";
import { DEFAULT_WINDOW_SIZE, SendWindow } from "./flow_control.ts";
import { encodeData } from "./frame/data.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame/frame_header.ts";
import { MIN_PROGRESS } from "./limits.ts";
import type { PeerSettings } from "./settings.ts";
import type { Http2Stream } from "./stream.ts";

/** One connection's outgoing content. */
export class DataSender {
  /** The connection's window. */
  readonly window: SendWindow = new SendWindow(DEFAULT_WINDOW_SIZE);
  readonly #writer: CorkedWriter;
  readonly #settings: PeerSettings;
  readonly #guard: FloodGuard;
  /** Streams with something unsent; those that sent last come last. */
  readonly #waiting = new Set<Http2Stream>();

  /**
   * Makes a sender.
   *
   * @param writer Where to.
   * @param settings The peer's.
   * @param guard Is told of progress.
   */
  constructor(writer: CorkedWriter, settings: PeerSettings, guard: FloodGuard) {
    this.#writer = writer;
    this.#settings = settings;
    this.#guard = guard;
  }

  /**
   * Sends short content in one frame, if it may go now.
   *
   * @param stream With nothing unsent.
   * @param prefix The beginning of the content.
   * @param bytes The rest.
   * @param endStream Whether it is the last.
   * @returns Whether it was sent.
   */
  sendNow(stream: Http2Stream, prefix: Uint8Array, bytes: Uint8Array, endStream: boolean): boolean {
    const length = prefix.length + bytes.length;
    if (
      stream.id === 0 || length > this.#settings.maxFrameSize || !this.#writer.hasRoom ||
      length > stream.sendWindow.available || length > this.window.available
    ) return false;
    encodeFrameHeader(this.#writer, length, FrameType.DATA, endStream ? Flag.END_STREAM : 0, stream.id);
    this.#writer.append(prefix);
    this.#writer.append(bytes);
    this.#sent(stream, length, endStream);
    this.#writer.schedule();
    return true;
  }

  /**
   * Sends what a stream has unsent, now or when windows and the writer have room.
   *
   * @param stream With something unsent.
   */
  sendLater(stream: Http2Stream): void {
    if (stream.id === 0) return;
    this.#waiting.add(stream);
    this.resume(stream);
  }

  /**
   * Sends what may go of one stream, whose window has got room.
   *
   * @param stream Whether it waits or not.
   */
  resume(stream: Http2Stream): void {
    while (this.#waiting.has(stream) && this.#writer.hasRoom && this.#sendFrame(stream));
    this.#writer.schedule();
  }

  /** Sends what may go; call when a window or the writer has got room. */
  pump(): void {
    if (this.#waiting.size === 0) return;
    let sentSome = true;
    while (sentSome && this.#writer.hasRoom) {
      sentSome = false;
      for (const stream of [...this.#waiting]) {
        // A handler that was told of room may have ended any other stream.
        if (!this.#waiting.has(stream) || !this.#writer.hasRoom) continue;
        if (this.#sendFrame(stream)) sentSome = true;
      }
    }
    this.#writer.schedule();
  }

  /**
   * Forgets a stream that is closed.
   *
   * @param stream Any stream.
   */
  remove(stream: Http2Stream): void {
    if (this.#waiting.size > 0) this.#waiting.delete(stream);
  }

  /** Sends one frame, if the windows let it; RFC 9113 §6.9.1 lets empty frames pass always. */
  #sendFrame(stream: Http2Stream): boolean {
    const [first] = stream.unsent;
    const left = first.bytes.length - first.sent;
    const room = Math.min(this.#settings.maxFrameSize, stream.sendWindow.available, this.window.available);
    const length = Math.min(left, Math.max(room, 0));
    if (length === 0 && left > 0) return false;
    const start = first.sent;
    first.sent += length;
    if (length === left) stream.unsent.shift();
    const endStream = stream.endStream && stream.unsent.length === 0;
    encodeData(this.#writer, stream.id, first.bytes, start, first.sent, endStream);
    this.#waiting.delete(stream);
    if (stream.unsent.length > 0) this.#waiting.add(stream);
    this.#sent(stream, length, endStream);
    if (stream.unsent.length === 0) stream.drained();
    return true;
  }

  #sent(stream: Http2Stream, length: number, endStream: boolean): void {
    stream.sendWindow.available -= length;
    this.window.available -= length;
    if (endStream || length >= MIN_PROGRESS) this.#guard.progress();
    if (endStream) stream.sendingEnded();
  }
}
