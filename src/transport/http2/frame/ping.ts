/**
 * PING, RFC 9113 §6.7.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame_header.ts";

/** Bytes of a PING payload. */
export const PING_SIZE = 8;

/**
 * Appends a PING frame of our own, whose opaque bytes are all zero: at most one is on its way at a time.
 *
 * @param out Where to.
 */
export function encodePing(out: ByteWriter): void {
  encodeFrameHeader(out, PING_SIZE, FrameType.PING, 0, 0);
  out.pushUint32(0);
  out.pushUint32(0);
}

/**
 * Appends the answer to a PING of the peer.
 *
 * @param out Where to.
 * @param bytes Holds the payload of the peer's frame, which is sent back as it came.
 * @param start First byte of that payload.
 */
export function encodePingAck(out: ByteWriter, bytes: Uint8Array, start: number): void {
  encodeFrameHeader(out, PING_SIZE, FrameType.PING, Flag.ACK, 0);
  out.append(bytes, start, start + PING_SIZE);
}

/**
 * Checks a PING payload.
 *
 * @param length Bytes of the payload.
 * @throws {ConnectionError} If it is not eight bytes (FRAME_SIZE_ERROR).
 */
export function checkPing(length: number): void {
  if (length !== PING_SIZE) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `PING frame of ${length} bytes`);
  }
}
