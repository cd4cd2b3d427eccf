/**
 * Encoders for the requests that are sent often, with the same bytes as the generated ones.
 *
 * @module
 */

import type { PutRequest, RangeRequest } from "../../../proto/gen/kv.ts";
import { WireWriter } from "./writer.ts";

const writer = new WireWriter();

/** Tags: field number times 8, plus 0 for a varint and 2 for what has a length. @throws {RangeError} If a number does not fit 64 bits. */
export function encodeRangeRequest(request: RangeRequest): Uint8Array {
  writer.begin(request.key.length + request.rangeEnd.length);
  writer.bytes(10, request.key);
  writer.bytes(18, request.rangeEnd);
  writer.int64(24, request.limit);
  writer.int64(32, request.revision);
  writer.number(40, request.sortOrder);
  writer.number(48, request.sortTarget);
  writer.flag(56, request.serializable);
  writer.flag(64, request.keysOnly);
  writer.flag(72, request.countOnly);
  writer.int64(80, request.minModRevision);
  writer.int64(88, request.maxModRevision);
  writer.int64(96, request.minCreateRevision);
  writer.int64(104, request.maxCreateRevision);
  return writer.finish();
}

/** A PutRequest. @throws {RangeError} If a number does not fit 64 bits. */
export function encodePutRequest(request: PutRequest): Uint8Array {
  writer.begin(request.key.length + request.value.length);
  writer.bytes(10, request.key);
  writer.bytes(18, request.value);
  writer.int64(24, request.lease);
  writer.flag(32, request.prevKv);
  writer.flag(40, request.ignoreValue);
  writer.flag(48, request.ignoreLease);
  return writer.finish();
}
