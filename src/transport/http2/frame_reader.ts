/**
 * Input of a connection: bytes into one buffer, frames out of it in place.
 *
 * @module
 */

import type { Socket } from "../../socket.ts";
import { readUint32 } from "./byte_writer.ts";
import { FRAME_HEADER_SIZE } from "./frame/frame_header.ts";
import { MAX_FRAME_SIZE } from "./limits.ts";

/** Bytes of the buffer: some frames of the largest size, and what a kernel gives at once. */
const BUFFER_SIZE = 131_072;

/** Who takes the frames; a thrown error ends the reading. */
export interface FrameSink {
  /** Bytes came, whole frames or not. */
  onRead(): void;
  /** A frame; its payload is `bytes` from `start` to `end`, valid during the call only. */
  onFrame(type: number, flags: number, streamId: number, bytes: Uint8Array, start: number, end: number): void;
  /** A frame header announces more than {@linkcode MAX_FRAME_SIZE}. */
  onOversizedFrame(type: number, flags: number, streamId: number, length: number): never;
  /** All whole frames of a read were given. */
  onReadEnd(): void;
  /** Asked after each frame and read: whether to stop. */
  readonly stopped: boolean;
}

/**
 * Reads frames until the peer closes, the sink stops, or something fails.
 *
 * @param socket Where from; nobody else reads there.
 * @param sink Who takes the frames.
 * @throws What the socket or the sink threw.
 */
export async function readFrames(socket: Socket, sink: FrameSink): Promise<void> {
  const buffer = new Uint8Array(BUFFER_SIZE);
  let end = 0;
  while (!sink.stopped) {
    const count = await socket.read(end === 0 ? buffer : buffer.subarray(end));
    if (count === null || sink.stopped) return;
    end += count;
    sink.onRead();
    const start = giveFrames(buffer, end, sink);
    sink.onReadEnd();
    // What is left is the beginning of a frame.
    if (start > 0 && start < end) buffer.copyWithin(0, start, end);
    end -= start;
  }
}

/** Gives the whole frames; returns where the rest starts. */
function giveFrames(buffer: Uint8Array, end: number, sink: FrameSink): number {
  let at = 0;
  while (end - at >= FRAME_HEADER_SIZE && !sink.stopped) {
    const length = (buffer[at] << 16) | (buffer[at + 1] << 8) | buffer[at + 2];
    const type = buffer[at + 3];
    const flags = buffer[at + 4];
    const streamId = readUint32(buffer, at + 5) & 0x7fffffff;
    if (length > MAX_FRAME_SIZE) sink.onOversizedFrame(type, flags, streamId, length);
    const payload = at + FRAME_HEADER_SIZE;
    if (end - payload < length) break;
    at = payload + length;
    sink.onFrame(type, flags, streamId, buffer, payload, at);
  }
  return at;
}
