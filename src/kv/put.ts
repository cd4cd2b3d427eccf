/**
 * Writing a key.
 *
 * @module
 */

import type { PutRequest, PutResponse } from "../../proto/gen/kv.ts";
import { bytesCodec, type Codec, utf8Codec } from "../codec.ts";
import { type KeyValue, type ResponseHeader, toHeader, toKeyValue } from "../key_value.ts";
import { type Key, singleSpan } from "../keys.ts";
import { flag, int64 } from "../options.ts";
import { jsonable } from "../plain.ts";
import type { Operation, View } from "./operation.ts";

/** How to put a key. */
export interface PutOptions {
  /**
   * The lease to attach the key to; `0n` for none, which detaches it from one.
   *
   * @default {0n}
   */
  readonly lease?: bigint;
  /**
   * Return what the key held before. If the codec refuses that, the call rejects although the put has happened.
   *
   * @default {false}
   */
  readonly prevKv?: boolean;
  /**
   * Keep the key's present lease; not together with `lease`. The key must exist.
   *
   * @default {false}
   */
  readonly ignoreLease?: boolean;
}

/** What became of a put. */
export interface PutResult<V> {
  /** The revision at which the key was written. */
  readonly revision: bigint;
  /** What the key held before, if that was asked for and there was anything. */
  readonly prevKv: KeyValue<V> | null;
  /** What etcd says of the cluster. */
  readonly header: ResponseHeader;
}

/** A write, by itself or in a transaction. */
export type Write<V> = Operation<PutRequest, PutResponse, PutResult<V>>;

const NOTHING = new Uint8Array(0);

/** Writes a key's value. */
export function writeValue<V>(view: View<V>, key: Key, value: V, options: PutOptions): Write<V> {
  const { lease, ignoreLease } = options;
  if (lease !== undefined && ignoreLease) {
    throw new TypeError("Cannot put the key: both lease and ignoreLease are given");
  }
  return {
    request: {
      key: view.keys.absolute(singleSpan(key).key),
      value: encoded(view.codec, value),
      lease: lease === undefined ? 0n : int64(lease, "lease"),
      prevKv: flag(options.prevKv, "prevKv"),
      ignoreValue: false,
      ignoreLease: flag(ignoreLease, "ignoreLease"),
    },
    read: (response) => putResult(view, response),
  };
}

/** Attaches a key that exists to a lease, or detaches it with `0n`, and leaves its value. */
export function writeLease<V>(view: View<V>, key: Key, lease: bigint): Write<V> {
  return {
    request: {
      key: view.keys.absolute(singleSpan(key).key),
      value: NOTHING,
      lease: int64(lease, "lease"),
      prevKv: false,
      ignoreValue: true,
      ignoreLease: false,
    },
    read: (response) => putResult(view, response),
  };
}

/** Codecs that make an array for each value. Others may use theirs again for the next, before this one is sent. */
const FRESH: ReadonlySet<unknown> = new Set([utf8Codec, bytesCodec]);

function encoded<V>(codec: Codec<V>, value: V): Uint8Array {
  const bytes: unknown = codec.encode(value);
  if (bytes instanceof Uint8Array) return FRESH.has(codec) ? bytes : new Uint8Array(bytes);
  throw new TypeError(`Cannot encode the value: the codec made ${typeof bytes}, not a Uint8Array`);
}

function putResult<V>({ keys, codec }: View<V>, response: PutResponse): PutResult<V> {
  const header = toHeader(response.header);
  const prevKv = response.prevKv === undefined ? null : toKeyValue(response.prevKv, keys, codec);
  return jsonable({ revision: header.revision, prevKv, header });
}
