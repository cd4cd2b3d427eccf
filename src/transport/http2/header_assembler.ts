/**
 * Header blocks that come in several frames, RFC 9113 §4.3: HEADERS and CONTINUATION with nothing in between.
 *
 * @module
 */

import { ByteWriter } from "./byte_writer.ts";
import { ConnectionError, ErrorCode } from "./errors.ts";
import { MAX_CONTINUATION_FRAMES, MAX_HEADER_BLOCK_SIZE } from "./limits.ts";

/** Collects one block at a time. */
export class HeaderAssembler {
  /** The stream whose CONTINUATION must come next, or 0. */
  streamId = 0;
  /** Whether the HEADERS frame had END_STREAM. */
  endStream = false;
  readonly #block = new ByteWriter(0);
  #continuations = 0;

  /**
   * Takes the fragment of a HEADERS frame without END_HEADERS.
   *
   * @param streamId The frame's stream.
   * @param endStream Whether the frame had END_STREAM.
   * @param bytes Holds the fragment.
   * @param start Its first byte.
   * @param end One past its last byte.
   */
  begin(streamId: number, endStream: boolean, bytes: Uint8Array, start: number, end: number): void {
    this.streamId = streamId;
    this.endStream = endStream;
    this.#continuations = 0;
    this.#block.length = 0;
    this.#block.append(bytes, start, end);
  }

  /**
   * Takes the fragment of a CONTINUATION frame.
   *
   * @param bytes Holds the fragment.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @throws {ConnectionError} If there are too many or too large ones (ENHANCE_YOUR_CALM).
   */
  add(bytes: Uint8Array, start: number, end: number): void {
    if (++this.#continuations > MAX_CONTINUATION_FRAMES) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "too many CONTINUATION frames");
    }
    if (this.#block.length + end - start > MAX_HEADER_BLOCK_SIZE) {
      throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, "header block over the limit");
    }
    this.#block.append(bytes, start, end);
  }

  /**
   * Ends the block.
   *
   * @returns The whole block, valid until the next `begin`.
   */
  finish(): Uint8Array {
    this.streamId = 0;
    return this.#block.bytes.subarray(0, this.#block.length);
  }
}
