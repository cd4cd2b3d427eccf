/**
 * What each frame of the peer does, RFC 9113 §6.
 *
 * @module
 */

import type { CorkedWriter } from "./corked_writer.ts";
import { ConnectionError, ErrorCode, StreamError } from "./errors.ts";
import type { FloodGuard } from "./flood_guard.ts";
import type { ReceiveWindow } from "./flow_control.ts";
import { endOfPadded } from "./frame/data.ts";
import { Flag, FrameType } from "./frame/frame_header.ts";
import { type GoAway, parseGoAway } from "./frame/goaway.ts";
import { endOfFragment, startOfFragment } from "./frame/headers.ts";
import { checkPing, encodePingAck } from "./frame/ping.ts";
import { checkPriority } from "./frame/priority.ts";
import { refusePushPromise } from "./frame/push_promise.ts";
import { parseRstStream } from "./frame/rst_stream.ts";
import { encodeSettingsAck, parseSettings } from "./frame/settings.ts";
import { encodeWindowUpdate, parseWindowUpdate } from "./frame/window_update.ts";
import { HeaderAssembler } from "./header_assembler.ts";
import { HpackDecoder } from "./hpack/decoder.ts";
import type { HeaderList } from "./hpack/header_field.ts";
import type { Outbound } from "./outbound.ts";
import type { Http2Stream } from "./stream.ts";

/** What frames act upon. */
export interface InboundContext {
  readonly writer: CorkedWriter;
  readonly guard: FloodGuard;
  /** The connection's. */
  readonly receiveWindow: ReceiveWindow;
  readonly outbound: Outbound;
  /** A SETTINGS frame was taken over. */
  onSettings(): void;
  /** A GOAWAY came. */
  onGoAway(goAway: GoAway): void;
}

/** Takes the frames of one connection in their order. */
export class Inbound {
  readonly #context: InboundContext;
  readonly #decoder = new HpackDecoder();
  readonly #assembler = new HeaderAssembler();
  #settingsReceived = false;

  /**
   * Makes it wait for the first SETTINGS.
   *
   * @param context The rest of the connection.
   */
  constructor(context: InboundContext) {
    this.#context = context;
  }

  /**
   * Takes a frame.
   *
   * @param type One of {@linkcode FrameType}, or another.
   * @param flags Bits of {@linkcode Flag}, or others.
   * @param streamId 0 for the connection.
   * @param bytes Holds the payload.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @throws {ConnectionError} If the peer broke the protocol beyond one stream.
   */
  onFrame(
    type: number,
    flags: number,
    streamId: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    this.#checkOrder(type, flags, streamId);
    switch (type) {
      case FrameType.DATA:
        return this.#onData(flags, streamId, bytes, start, end);
      case FrameType.HEADERS:
        return this.#onHeaders(flags, streamId, bytes, start, end);
      case FrameType.CONTINUATION:
        return this.#onContinuation(flags, streamId, bytes, start, end);
      case FrameType.WINDOW_UPDATE:
        return this.#onWindowUpdate(streamId, parseWindowUpdate(bytes, start, end - start));
      case FrameType.RST_STREAM:
        return this.#onRstStream(streamId, parseRstStream(bytes, start, end - start));
      case FrameType.PING:
        return this.#onPing(flags, streamId, bytes, start, end - start);
      case FrameType.SETTINGS:
        return this.#onSettings(flags, streamId, bytes, start, end - start);
      case FrameType.GOAWAY:
        mustBeConnection(type, streamId);
        this.#context.guard.controlFrame(end - start);
        return this.#context.onGoAway(parseGoAway(bytes, start, end - start));
      case FrameType.PRIORITY:
        return this.#onPriority(streamId, end - start);
      case FrameType.PUSH_PROMISE:
        return refusePushPromise();
      default:
        // Unknown types are ignored, §4.1.
        this.#context.guard.controlFrame(end - start);
    }
  }

  /**
   * Refuses a frame that is larger than we announced to take.
   *
   * @param type The frame's type.
   * @param flags Its flags.
   * @param streamId Its stream.
   * @param length Bytes of its payload.
   * @throws {ConnectionError} Always (§4.2: FRAME_SIZE_ERROR), or what is wrong with it besides.
   */
  onOversizedFrame(type: number, flags: number, streamId: number, length: number): never {
    this.#checkOrder(type, flags, streamId);
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `frame of ${length} bytes`);
  }

  /** The first frame must be SETTINGS (§3.4), and nothing may come between parts of a header block (§4.3). */
  #checkOrder(type: number, flags: number, streamId: number): void {
    if (!this.#settingsReceived) {
      if (type !== FrameType.SETTINGS || (flags & Flag.ACK) !== 0) {
        throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "the server does not begin with SETTINGS");
      }
      this.#settingsReceived = true;
    }
    const expected = this.#assembler.streamId;
    const continues = type === FrameType.CONTINUATION;
    if (expected === 0 ? continues : !continues || streamId !== expected) {
      throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "header block interrupted");
    }
  }

  #onData(flags: number, streamId: number, bytes: Uint8Array, start: number, end: number): void {
    mustBeStream(FrameType.DATA, streamId);
    const { receiveWindow, writer, guard, outbound } = this.#context;
    const length = end - start;
    if (!receiveWindow.receive(length)) {
      throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "more DATA than the connection's window");
    }
    const increment = receiveWindow.consume(length);
    if (increment > 0) encodeWindowUpdate(writer, 0, increment);
    const padded = (flags & Flag.PADDED) !== 0;
    const contentEnd = padded ? endOfPadded(bytes, start, end) : end;
    const contentStart = padded ? start + 1 : start;
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if (!endStream) guard.data(contentEnd - contentStart);
    const stream = outbound.streams.active.get(streamId);
    if (stream === undefined) return outbound.streams.lateData(streamId, length, endStream);
    guard.progress();
    try {
      stream.receiveData(bytes, contentStart, contentEnd, length - (contentEnd - contentStart), endStream);
    } catch (error) {
      this.#resetBroken(stream, error);
    }
  }

  #onHeaders(flags: number, streamId: number, bytes: Uint8Array, start: number, end: number): void {
    mustBeStream(FrameType.HEADERS, streamId);
    const fragmentEnd = endOfFragment(flags, bytes, start, end);
    const fragmentStart = startOfFragment(flags, start, fragmentEnd);
    const endStream = (flags & Flag.END_STREAM) !== 0;
    if ((flags & Flag.END_HEADERS) === 0) {
      this.#assembler.begin(streamId, endStream, bytes, fragmentStart, fragmentEnd);
    } else {
      this.#onHeaderBlock(streamId, endStream, bytes, fragmentStart, fragmentEnd);
    }
  }

  #onContinuation(flags: number, streamId: number, bytes: Uint8Array, start: number, end: number): void {
    this.#assembler.add(bytes, start, end);
    if ((flags & Flag.END_HEADERS) === 0) return;
    const block = this.#assembler.finish();
    this.#onHeaderBlock(streamId, this.#assembler.endStream, block, 0, block.length);
  }

  /** Blocks are decoded whether wanted or not, since later ones depend on them (§4.3). */
  #onHeaderBlock(streamId: number, endStream: boolean, bytes: Uint8Array, start: number, end: number): void {
    const { guard, outbound: { streams } } = this.#context;
    const stream = streams.active.get(streamId);
    let list: HeaderList = [];
    try {
      list = this.#decoder.decode(bytes, start, end);
      if (stream !== undefined) {
        if (stream.receiveHeaders(list, endStream)) guard.progress();
        else guard.controlFrame(end - start);
        if (endStream) guard.responseEnded();
        return;
      }
    } catch (error) {
      if (stream !== undefined) return this.#resetBroken(stream, error);
      if (!(error instanceof StreamError)) throw error;
    }
    streams.lateHeaders(streamId, end - start, endStream);
  }

  #onWindowUpdate(streamId: number, increment: number): void {
    const { guard, outbound: { sender, streams } } = this.#context;
    guard.controlFrame();
    if (streamId === 0) {
      if (increment === 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0");
      if (!sender.window.adjust(increment)) {
        throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, "connection window above 2^31-1");
      }
      return sender.pump();
    }
    const stream = streams.active.get(streamId);
    if (stream === undefined) return streams.mustNotBeIdle(streamId);
    if (increment === 0) {
      this.#resetBroken(stream, new StreamError(ErrorCode.PROTOCOL_ERROR, "WINDOW_UPDATE of 0"));
    } else if (!stream.sendWindow.adjust(increment)) {
      this.#resetBroken(
        stream,
        new StreamError(ErrorCode.FLOW_CONTROL_ERROR, "stream window above 2^31-1"),
      );
    } else {
      sender.resume(stream);
    }
  }

  #onRstStream(streamId: number, code: number): void {
    mustBeStream(FrameType.RST_STREAM, streamId);
    const { outbound } = this.#context;
    const { streams } = outbound;
    const stream = streams.active.get(streamId);
    if (stream !== undefined) return outbound.resetByPeer(stream, code);
    streams.mustNotBeIdle(streamId);
    streams.lateReset(streamId);
  }

  #onPing(flags: number, streamId: number, bytes: Uint8Array, start: number, length: number): void {
    mustBeConnection(FrameType.PING, streamId);
    checkPing(length);
    const { writer, guard } = this.#context;
    guard.controlFrame();
    // An answer has done its work by arriving: it is something received.
    if ((flags & Flag.ACK) !== 0) return;
    guard.ack();
    encodePingAck(writer, bytes, start);
  }

  #onSettings(flags: number, streamId: number, bytes: Uint8Array, start: number, length: number): void {
    mustBeConnection(FrameType.SETTINGS, streamId);
    const { writer, guard, outbound } = this.#context;
    guard.controlFrame();
    const apply = (identifier: number, value: number) => outbound.applySetting(identifier, value);
    if (parseSettings(flags, bytes, start, length, apply)) return;
    guard.ack();
    encodeSettingsAck(writer);
    this.#context.onSettings();
  }

  #onPriority(streamId: number, length: number): void {
    mustBeStream(FrameType.PRIORITY, streamId);
    this.#context.guard.controlFrame();
    try {
      checkPriority(length);
    } catch (error) {
      const stream = this.#context.outbound.streams.active.get(streamId);
      if (stream !== undefined) this.#resetBroken(stream, error);
    }
  }

  #resetBroken(stream: Http2Stream, error: unknown): void {
    if (!(error instanceof StreamError)) throw error;
    this.#context.outbound.resetBroken(stream, error);
  }
}

function mustBeStream(type: number, streamId: number): void {
  if (streamId === 0) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `frame of type ${type} on the connection`);
  }
}

function mustBeConnection(type: number, streamId: number): void {
  if (streamId !== 0) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `frame of type ${type} on a stream`);
  }
}
