/**
 * PRIORITY, RFC 9113 §6.3: deprecated, never sent, and ignored when it comes.
 *
 * @module
 */

import { ErrorCode, StreamError } from "../errors.ts";

/** Bytes of a PRIORITY payload, also inside HEADERS. */
export const PRIORITY_SIZE = 5;

/**
 * Checks a PRIORITY payload, whose content means nothing any more.
 *
 * @param length Bytes of the payload.
 * @throws {StreamError} If it is not five bytes (FRAME_SIZE_ERROR).
 */
export function checkPriority(length: number): void {
  if (length !== PRIORITY_SIZE) {
    throw new StreamError(ErrorCode.FRAME_SIZE_ERROR, `PRIORITY frame of ${length} bytes`);
  }
}
