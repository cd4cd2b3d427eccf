/**
 * GOAWAY, RFC 9113 §6.8.
 *
 * @module
 */

import { type ByteWriter, readUint32 } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { MAX_DEBUG_DATA } from "../limits.ts";
import { encodeFrameHeader, FrameType } from "./frame_header.ts";

/** What a GOAWAY says. */
export interface GoAway {
  /** Streams above this were not and will not be processed. */
  readonly lastStreamId: number;
  /** One of `ErrorCode`, or an unknown one. */
  readonly code: number;
  /** Debug data as text, cut to a kibibyte; etcd says `too_many_pings` here. */
  readonly debugData: string;
}

/**
 * Appends a GOAWAY frame. A client that takes no pushes has processed no stream: the last one is 0.
 *
 * @param out Where to.
 * @param code One of {@linkcode ErrorCode}.
 */
export function encodeGoAway(out: ByteWriter, code: number): void {
  encodeFrameHeader(out, 8, FrameType.GOAWAY, 0, 0);
  out.pushUint32(0);
  out.pushUint32(code);
}

/**
 * Reads a GOAWAY payload.
 *
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param length Its length.
 * @returns What it says.
 * @throws {ConnectionError} If it is shorter than eight bytes (FRAME_SIZE_ERROR).
 */
export function parseGoAway(bytes: Uint8Array, start: number, length: number): GoAway {
  if (length < 8) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `GOAWAY frame of ${length} bytes`);
  }
  const debugEnd = start + Math.min(length, 8 + MAX_DEBUG_DATA);
  return {
    lastStreamId: readUint32(bytes, start) & 0x7fffffff,
    code: readUint32(bytes, start + 4),
    debugData: new TextDecoder().decode(bytes.subarray(start + 8, debugEnd)),
  };
}
