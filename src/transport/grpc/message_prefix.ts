/**
 * The five bytes in front of each message (gRPC over HTTP2, Length-Prefixed-Message):
 *
 * ```text
 * | Compressed-Flag (8) | Message-Length (32) | message …
 * ```
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { readUint32 } from "../http2/byte_writer.ts";
import { GrpcError, localStatus } from "./status.ts";

/** Bytes of the prefix. */
export const PREFIX_SIZE = 5;

const scratch = new Uint8Array(PREFIX_SIZE);

/**
 * The prefix of a message that is sent uncompressed.
 *
 * @param length Bytes of the message.
 * @returns The prefix, valid until the next call.
 */
export function messagePrefix(length: number): Uint8Array {
  scratch[1] = length >>> 24;
  scratch[2] = length >>> 16;
  scratch[3] = length >>> 8;
  scratch[4] = length;
  return scratch;
}

/**
 * Reads a prefix, and refuses here what would be too large: nothing is allocated for it.
 *
 * @param bytes Holds the prefix.
 * @param at Its first byte.
 * @param maxMessageSize Bytes of the largest message that is wanted.
 * @returns Bytes of the message that follows.
 * @throws {GrpcError} INTERNAL if it is compressed, RESOURCE_EXHAUSTED if it is too large.
 */
export function readPrefix(bytes: Uint8Array, at: number, maxMessageSize: number): number {
  if (bytes[at] !== 0) {
    throw new GrpcError(
      localStatus(Status.INTERNAL, "received a compressed message although none was asked for"),
    );
  }
  const length = readUint32(bytes, at + 1);
  if (length > maxMessageSize) {
    const details = `received message of ${length} bytes, more than the limit of ${maxMessageSize}`;
    throw new GrpcError(localStatus(Status.RESOURCE_EXHAUSTED, details));
  }
  return length;
}
