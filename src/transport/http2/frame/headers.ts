/**
 * HEADERS, RFC 9113 §6.2, with the CONTINUATION frames a long header block needs.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { encodeContinuation } from "./continuation.ts";
import { endOfPadded } from "./data.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame_header.ts";
import { PRIORITY_SIZE } from "./priority.ts";

/**
 * Appends a header block: a HEADERS frame, and CONTINUATION frames for what does not fit.
 *
 * @param out Where to.
 * @param streamId The stream.
 * @param block The encoded header list.
 * @param endStream Whether this ends our side of the stream.
 * @param maxFrameSize The peer's SETTINGS_MAX_FRAME_SIZE.
 */
export function encodeHeaders(
  out: ByteWriter,
  streamId: number,
  block: Uint8Array,
  endStream: boolean,
  maxFrameSize: number,
): void {
  const endStreamFlag = endStream ? Flag.END_STREAM : 0;
  if (block.length <= maxFrameSize) {
    encodeFrameHeader(out, block.length, FrameType.HEADERS, endStreamFlag | Flag.END_HEADERS, streamId);
    out.append(block);
    return;
  }
  encodeFrameHeader(out, maxFrameSize, FrameType.HEADERS, endStreamFlag, streamId);
  out.append(block, 0, maxFrameSize);
  for (let start = maxFrameSize; start < block.length; start += maxFrameSize) {
    const end = Math.min(start + maxFrameSize, block.length);
    encodeContinuation(out, streamId, block, start, end, end === block.length);
  }
}

/**
 * Finds where the header block fragment of a HEADERS payload starts, behind pad length and priority.
 *
 * @param flags The frame's flags.
 * @param start First byte of the payload.
 * @param fragmentEnd From {@linkcode endOfFragment}.
 * @returns The first byte of the fragment.
 * @throws {ConnectionError} If the payload is too short (§6.2: FRAME_SIZE_ERROR).
 */
export function startOfFragment(flags: number, start: number, fragmentEnd: number): number {
  const padLength = (flags & Flag.PADDED) === 0 ? 0 : 1;
  const priority = (flags & Flag.PRIORITY) === 0 ? 0 : PRIORITY_SIZE;
  const fragmentStart = start + padLength + priority;
  if (fragmentStart > fragmentEnd) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "HEADERS frame too short for its flags");
  }
  return fragmentStart;
}

/**
 * Finds where the header block fragment of a HEADERS payload ends, before its padding.
 *
 * @param flags The frame's flags.
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param end One past its last byte.
 * @returns One past the last byte of the fragment.
 * @throws {ConnectionError} If the padding is longer than the payload (§6.2: PROTOCOL_ERROR).
 */
export function endOfFragment(flags: number, bytes: Uint8Array, start: number, end: number): number {
  return (flags & Flag.PADDED) === 0 ? end : endOfPadded(bytes, start, end);
}
