/**
 * The answer to a range as it came from the wire, for pages that are handed out key by key.
 *
 * @module
 */

import { BinaryReader } from "@bufbuild/protobuf/wire";
import { ResponseHeader } from "../../proto/gen/header.ts";
import type { RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import { KeyValue } from "../../proto/gen/mvcc.ts";
import type { Method } from "../rpc/method.ts";
import { Range } from "../rpc/methods.ts";

/** The fields of `RangeResponse` (proto/kv.proto) by number and wire type. */
const Tag = { HEADER: 10, KV: 18, MORE: 24, COUNT: 32 } as const;

/** A range whose keys are decoded one by one, when they are wanted. States: whole, then released. */
export class EncodedRange implements RangeResponse {
  readonly header: ResponseHeader | undefined;
  readonly more: boolean = false;
  readonly count: bigint = 0n;
  readonly #bytes: Uint8Array;
  /** Where each key starts and ends, rather than a view of it: what outlives a young collection costs most. */
  readonly #places: number[] = [];

  /** @param bytes The encoded message. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
    const reader = new BinaryReader(bytes);
    while (reader.pos < reader.len) {
      const tag = reader.uint32();
      if (tag === Tag.HEADER) this.header = ResponseHeader.decode(reader, reader.uint32());
      else if (tag === Tag.KV) this.#places.push(...placeOf(reader));
      else if (tag === Tag.MORE) this.more = reader.bool();
      else if (tag === Tag.COUNT) this.count = reader.int64() as bigint;
      else reader.skip(tag & 7);
    }
  }

  /** How many keys there are. */
  get length(): number {
    return this.#places.length / 2;
  }

  /** Bytes of the encoded message. */
  get byteLength(): number {
    return this.#bytes.byteLength;
  }

  /** All keys at once, for middleware. */
  get kvs(): KeyValue[] {
    return Array.from({ length: this.length }, (_, index) => this.at(index));
  }

  /** One key, with bytes of its own: they keep nothing else in memory. */
  at(index: number): KeyValue {
    return KeyValue.decode(this.#bytes.slice(this.#places[2 * index], this.#places[2 * index + 1]));
  }

  /**
   * Gives the memory back, rather than leave it to a collector that lets tens of such buffers pile up. No key can
   * be had afterwards.
   */
  release(): void {
    const { buffer, byteLength } = this.#bytes;
    const isOurs = buffer instanceof ArrayBuffer && buffer.byteLength === byteLength;
    if (isOurs) buffer.transfer(0);
  }
}

/** Steps over a length-delimited field. */
function placeOf(reader: BinaryReader): [start: number, end: number] {
  const length = reader.uint32();
  const start = reader.pos;
  if (length > reader.len - start) throw new RangeError("premature EOF");
  return [start, reader.pos += length];
}

/** Range, with an answer that stays encoded. */
export const EncodedRangeMethod: Method<RangeRequest, EncodedRange> = {
  ...Range,
  decode: (bytes) => new EncodedRange(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
};
