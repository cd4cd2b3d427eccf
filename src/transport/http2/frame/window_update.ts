/**
 * WINDOW_UPDATE, RFC 9113 §6.9.
 *
 * @module
 */

import { type ByteWriter, readUint32 } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { encodeFrameHeader, FrameType } from "./frame_header.ts";

/**
 * Appends a WINDOW_UPDATE frame.
 *
 * @param out Where to.
 * @param streamId The stream, or 0 for the connection.
 * @param increment 1 to 2^31-1 bytes.
 */
export function encodeWindowUpdate(out: ByteWriter, streamId: number, increment: number): void {
  encodeFrameHeader(out, 4, FrameType.WINDOW_UPDATE, 0, streamId);
  out.pushUint32(increment);
}

/**
 * Reads a WINDOW_UPDATE payload.
 *
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param length Its length.
 * @returns The increment; 0 is an error of the stream or of the connection, for the caller to tell.
 * @throws {ConnectionError} If it is not four bytes (FRAME_SIZE_ERROR).
 */
export function parseWindowUpdate(bytes: Uint8Array, start: number, length: number): number {
  if (length !== 4) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `WINDOW_UPDATE frame of ${length} bytes`);
  }
  return readUint32(bytes, start) & 0x7fffffff;
}
