/**
 * CONTINUATION, RFC 9113 §6.10.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame_header.ts";

/**
 * Appends a CONTINUATION frame.
 *
 * @param out Where to.
 * @param streamId The stream of the HEADERS frame before it.
 * @param block The encoded header list.
 * @param start First byte of the fragment.
 * @param end One past its last byte.
 * @param endHeaders Whether this is the last fragment.
 */
export function encodeContinuation(
  out: ByteWriter,
  streamId: number,
  block: Uint8Array,
  start: number,
  end: number,
  endHeaders: boolean,
): void {
  encodeFrameHeader(out, end - start, FrameType.CONTINUATION, endHeaders ? Flag.END_HEADERS : 0, streamId);
  out.append(block, start, end);
}
