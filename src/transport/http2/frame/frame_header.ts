/**
 * The nine bytes in front of every frame, RFC 9113 §4.1:
 *
 * ```text
 * | Length (24) | Type (8) | Flags (8) | R (1) | Stream Identifier (31) | payload …
 * ```
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";

/** Bytes of a frame header. */
export const FRAME_HEADER_SIZE = 9;

/** Frame types, RFC 9113 §6. Others are ignored (§4.1). */
export const FrameType = {
  DATA: 0x0,
  HEADERS: 0x1,
  PRIORITY: 0x2,
  RST_STREAM: 0x3,
  SETTINGS: 0x4,
  PUSH_PROMISE: 0x5,
  PING: 0x6,
  GOAWAY: 0x7,
  WINDOW_UPDATE: 0x8,
  CONTINUATION: 0x9,
} as const;

/** Flags, RFC 9113 §6; what a bit means depends on the frame type. */
export const Flag = {
  /** SETTINGS and PING. */
  ACK: 0x1,
  /** DATA and HEADERS. */
  END_STREAM: 0x1,
  /** HEADERS and CONTINUATION. */
  END_HEADERS: 0x4,
  /** DATA and HEADERS. */
  PADDED: 0x8,
  /** HEADERS. */
  PRIORITY: 0x20,
} as const;

/**
 * Appends a frame header.
 *
 * @param out Where to.
 * @param length Bytes of the payload that follows.
 * @param type One of {@linkcode FrameType}.
 * @param flags Bits of {@linkcode Flag}.
 * @param streamId 0 for the connection.
 */
export function encodeFrameHeader(
  out: ByteWriter,
  length: number,
  type: number,
  flags: number,
  streamId: number,
): void {
  out.reserve(FRAME_HEADER_SIZE + length);
  const { bytes, length: at } = out;
  bytes[at] = length >>> 16;
  bytes[at + 1] = length >>> 8;
  bytes[at + 2] = length;
  bytes[at + 3] = type;
  bytes[at + 4] = flags;
  bytes[at + 5] = streamId >>> 24;
  bytes[at + 6] = streamId >>> 16;
  bytes[at + 7] = streamId >>> 8;
  bytes[at + 8] = streamId;
  out.length = at + FRAME_HEADER_SIZE;
}
