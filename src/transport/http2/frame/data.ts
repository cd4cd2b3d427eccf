/**
 * DATA, RFC 9113 §6.1, and the padding that HEADERS has in the same place.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame_header.ts";

/**
 * Appends a DATA frame without padding.
 *
 * @param out Where to.
 * @param streamId The stream.
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param end One past its last byte; at most the peer's SETTINGS_MAX_FRAME_SIZE after `start`.
 * @param endStream Whether this ends our side of the stream.
 */
export function encodeData(
  out: ByteWriter,
  streamId: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  endStream: boolean,
): void {
  encodeFrameHeader(out, end - start, FrameType.DATA, endStream ? Flag.END_STREAM : 0, streamId);
  out.append(bytes, start, end);
}

/**
 * Finds where the content of a padded DATA or HEADERS payload ends; it starts one byte after the payload does,
 * behind the pad length.
 *
 * @param bytes Holds the payload.
 * @param start First byte of the payload, the pad length.
 * @param end One past its last byte.
 * @returns One past the last byte of the content, at least `start + 1`.
 * @throws {ConnectionError} If the padding is longer than the payload (§6.1: PROTOCOL_ERROR).
 */
export function endOfPadded(bytes: Uint8Array, start: number, end: number): number {
  if (start === end) throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, "padded frame without pad length");
  const contentEnd = end - bytes[start];
  if (contentEnd <= start) {
    throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "padding longer than the frame");
  }
  return contentEnd;
}
