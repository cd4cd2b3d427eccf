/**
 * SETTINGS, RFC 9113 §6.5: the frame. What the values mean is in `../settings.ts`.
 *
 * @module
 */

import { type ByteWriter, readUint32 } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { MAX_SETTINGS_PER_FRAME } from "../limits.ts";
import { encodeFrameHeader, Flag, FrameType } from "./frame_header.ts";

/** Settings, RFC 9113 §6.5.2. Others are ignored. */
export const Setting = {
  HEADER_TABLE_SIZE: 0x1,
  ENABLE_PUSH: 0x2,
  MAX_CONCURRENT_STREAMS: 0x3,
  INITIAL_WINDOW_SIZE: 0x4,
  MAX_FRAME_SIZE: 0x5,
  MAX_HEADER_LIST_SIZE: 0x6,
} as const;

/** Bytes of one setting: a 16-bit identifier and a 32-bit value. */
const ENTRY_SIZE = 6;

/**
 * Appends a SETTINGS frame.
 *
 * @param out Where to.
 * @param entries Identifiers and values.
 */
export function encodeSettings(out: ByteWriter, entries: readonly (readonly [number, number])[]): void {
  encodeFrameHeader(out, entries.length * ENTRY_SIZE, FrameType.SETTINGS, 0, 0);
  for (const [identifier, value] of entries) {
    out.push(identifier >>> 8);
    out.push(identifier);
    out.pushUint32(value);
  }
}

/**
 * Appends the acknowledgement of a SETTINGS frame.
 *
 * @param out Where to.
 */
export function encodeSettingsAck(out: ByteWriter): void {
  encodeFrameHeader(out, 0, FrameType.SETTINGS, Flag.ACK, 0);
}

/**
 * Reads a SETTINGS frame, one call of `apply` a setting, in order.
 *
 * @param flags The frame's flags.
 * @param bytes Holds the payload.
 * @param start First byte of the payload.
 * @param length Its length.
 * @param apply Takes an identifier, which need not be a known one, and an unsigned value.
 * @returns Whether it is an acknowledgement.
 * @throws {ConnectionError} If the length is wrong (FRAME_SIZE_ERROR) or there are too many settings.
 */
export function parseSettings(
  flags: number,
  bytes: Uint8Array,
  start: number,
  length: number,
  apply: (identifier: number, value: number) => void,
): boolean {
  const ack = (flags & Flag.ACK) !== 0;
  if (length % ENTRY_SIZE !== 0 || (ack && length !== 0)) {
    throw new ConnectionError(ErrorCode.FRAME_SIZE_ERROR, `SETTINGS frame of ${length} bytes`);
  }
  if (length > MAX_SETTINGS_PER_FRAME * ENTRY_SIZE) {
    throw new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, `${length / ENTRY_SIZE} settings in one frame`);
  }
  for (let at = start; at < start + length; at += ENTRY_SIZE) {
    apply((bytes[at] << 8) | bytes[at + 1], readUint32(bytes, at + 2));
  }
  return ack;
}
