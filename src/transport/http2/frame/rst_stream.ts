/**
 * RST_STREAM, RFC 9113 §6.4.
 *
 * @module
 */

import { type ByteWriter, readUint32 } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { encodeFrameHeader, FrameType } from "./frame_header.ts";

/**
 * Appends a RST_STREAM frame.
 *
 * @param out Where to.
 * @param streamId The stream to end.
 * @param code One of {@linkcode ErrorCode}.
 */
export function encodeRstStream(out: ByteWriter, streamId: number, code: number): void {
  encodeFrameHeader(out, 4, FrameType.RST_STREAM, 0, streamId);
  out.pushUint32(code);
}

/**
 * Reads a RST_STREAM payload.
 *
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param length Its length.
 * @returns The error code, which need not be a known one.
 * @throws {ConnectionError} If it is not four bytes (FRAME_SIZE_ERROR).
 */
export function parseRstStream(bytes: Uint8Array, start: number, length: number): number {
  if (length !== 4) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `RST_STREAM frame of ${length} bytes`);
  }
  return readUint32(bytes, start);
}
