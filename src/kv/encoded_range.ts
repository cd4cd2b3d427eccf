/**
 * The answer to a range as it came from the wire, for pages that are handed out key by key.
 *
 * @module
 */

import type { ResponseHeader } from "../../proto/gen/header.ts";
import type { RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import type { KeyValue } from "../../proto/gen/mvcc.ts";
import { checkedDecode, type Method, ownMethod } from "../rpc/method.ts";
import { Range } from "../rpc/methods.ts";
import { decodeKeyValue, scanRangeResponse } from "../rpc/wire/decode.ts";

const decodeKey = checkedDecode(Range.name, decodeKeyValue);

/** A range whose keys are decoded one by one, when they are wanted. States: whole, then released. */
export class EncodedRange implements RangeResponse {
  readonly header: ResponseHeader | undefined;
  readonly more: boolean;
  readonly count: bigint;
  readonly #bytes: Uint8Array;
  /** Where each key starts and ends, rather than a view of it: what outlives a young collection costs most. */
  readonly #places: readonly number[];

  /**
   * Finds the keys.
   *
   * @param bytes The encoded message.
   * @throws {RangeError} If they are none.
   */
  constructor(bytes: Uint8Array) {
    const { header, more, count, places } = scanRangeResponse(bytes);
    this.#bytes = bytes;
    this.header = header;
    this.more = more;
    this.count = count;
    this.#places = places;
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

  /**
   * One key, with bytes of its own: they keep nothing else in memory.
   *
   * @throws {EtcdInternalError} If it is malformed.
   */
  at(index: number): KeyValue {
    return decodeKey(this.#bytes.slice(this.#places[2 * index], this.#places[2 * index + 1]));
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

/** Range, with an answer that stays encoded. */
export const EncodedRangeMethod: Method<RangeRequest, EncodedRange> = ownMethod(Range.name, {
  encode: Range.encode,
  decode: (bytes) => new EncodedRange(new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)),
});
