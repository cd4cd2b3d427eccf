/**
 * Decoders for the messages that come often, with the same result as the generated ones.
 *
 * Bytes of keys and values stay in the input.
 *
 * @module
 */

import type { ResponseHeader } from "../../../proto/gen/header.ts";
import type { PutResponse, RangeResponse } from "../../../proto/gen/kv.ts";
import { WireEvent } from "./event.ts";
import { WireKeyValue } from "./key_value.ts";
import { remembered, WireReader } from "./reader.ts";

const reader = new WireReader();

const cluster = remembered();
const member = remembered();
const term = remembered();

/** Tags: field number times 8, plus 0 for a varint and 2 for what has a length. */
function readHeader(end: number): ResponseHeader {
  const header: ResponseHeader = { clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n };
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === 8) header.clusterId = reader.remembered(cluster);
    else if (tag === 16) header.memberId = reader.remembered(member);
    else if (tag === 24) header.revision = reader.int64();
    else if (tag === 32) header.raftTerm = reader.remembered(term);
    else reader.skip(tag);
  }
  return header;
}

/** An Event. @throws {RangeError} If the bytes are none. */
export function decodeEvent(bytes: Uint8Array): WireEvent {
  return new WireEvent(reader, reader.begin(bytes));
}

/** A RangeResponse. @throws {RangeError} If the bytes are none. */
export function decodeRangeResponse(bytes: Uint8Array): RangeResponse {
  const response: RangeResponse = { header: undefined, kvs: [], more: false, count: 0n };
  const end = reader.begin(bytes);
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === 18) response.kvs.push(new WireKeyValue(reader, reader.nested()));
    else if (tag === 10) response.header = readHeader(reader.nested());
    else if (tag === 24) response.more = reader.flag();
    else if (tag === 32) response.count = reader.int64();
    else reader.skip(tag);
  }
  reader.finish();
  return response;
}

/** A RangeResponse, of whose keys only the places are read: where each starts and ends. */
export interface ScannedRange extends Pick<RangeResponse, "header" | "more" | "count"> {
  readonly places: readonly number[];
}

/** Scans a RangeResponse. @throws {RangeError} If the bytes are none. */
export function scanRangeResponse(bytes: Uint8Array): ScannedRange {
  const places: number[] = [];
  const response = { header: undefined as ResponseHeader | undefined, more: false, count: 0n, places };
  const end = reader.begin(bytes);
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === 18) places.push(reader.pass(), reader.at);
    else if (tag === 10) response.header = readHeader(reader.nested());
    else if (tag === 24) response.more = reader.flag();
    else if (tag === 32) response.count = reader.int64();
    else reader.skip(tag);
  }
  reader.finish();
  return response;
}

/** A KeyValue. @throws {RangeError} If the bytes are none. */
export function decodeKeyValue(bytes: Uint8Array): WireKeyValue {
  const kv = new WireKeyValue(reader, reader.begin(bytes));
  reader.finish();
  return kv;
}

/** A PutResponse. @throws {RangeError} If the bytes are none. */
export function decodePutResponse(bytes: Uint8Array): PutResponse {
  const response: PutResponse = { header: undefined, prevKv: undefined };
  const end = reader.begin(bytes);
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === 10) response.header = readHeader(reader.nested());
    else if (tag === 18) response.prevKv = new WireKeyValue(reader, reader.nested());
    else reader.skip(tag);
  }
  reader.finish();
  return response;
}
