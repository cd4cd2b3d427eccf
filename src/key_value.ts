/**
 * What etcd says of a key: the public shape of it, and how it is read from a message.
 *
 * @module
 */

import type { ResponseHeader as HeaderMessage } from "../proto/gen/header.ts";
import type { KeyValue as KeyValueMessage } from "../proto/gen/mvcc.ts";
import { decodeText, showText } from "./bytes.ts";
import type { Codec } from "./codec.ts";
import { CodecRefusal, EtcdDecodeError } from "./decode_error.ts";
import type { Keyspace } from "./keys.ts";
import { jsonable, toPlain } from "./plain.ts";
import { AsynchronousSchema } from "./schema.ts";

/** A key, its value, and its place in the history of the store. */
export interface KeyValue<V> {
  /** The key as text; what is not UTF-8 shows as replacement characters. */
  readonly key: string;
  /** The decoded value. */
  readonly value: V;
  /** The key, byte for byte; it may be a view of a larger buffer. */
  readonly keyBytes: Uint8Array;
  /** The value, byte for byte; it may be a view of a larger buffer. */
  readonly valueBytes: Uint8Array;
  /** The revision at which the key came to be. */
  readonly createRevision: bigint;
  /** The revision of its last change. */
  readonly modRevision: bigint;
  /** How many changes since it came to be; 1 for a new key. */
  readonly version: bigint;
  /** The lease it lives on; `0n` for none, and always where keys are read without values from etcd 3.7. */
  readonly lease: bigint;
  /** Plain data for `JSON.stringify`: 64-bit numbers as decimal strings. */
  toJSON(): unknown;
}

/** What every response of etcd says of its cluster. */
export interface ResponseHeader {
  /** The cluster that answered. */
  readonly clusterId: bigint;
  /** The member that answered. */
  readonly memberId: bigint;
  /** The revision of the store when the request was applied. */
  readonly revision: bigint;
  /** The raft term of the member. */
  readonly raftTerm: bigint;
}

/** A key's text, where two keys that show alike would collide. */
export function exactKey(keyBytes: Uint8Array): string {
  try {
    return decodeText(keyBytes);
  } catch (cause) {
    throw new EtcdDecodeError("Cannot use the key as text: it is not UTF-8; `range` has its bytes", {
      keyBytes: new Uint8Array(keyBytes),
      issues: [{ message: "not UTF-8", path: [] }],
      cause,
    });
  }
}

/**
 * A value through the codec.
 *
 * @throws {EtcdDecodeError} If the codec refuses it.
 * @throws {TypeError} If the codec's schema is asynchronous.
 */
export function decodeValue<V>(
  codec: Codec<V>,
  bytes: Uint8Array,
  of: { readonly keyBytes: Uint8Array; readonly revision: bigint | null },
): V {
  try {
    return codec.decode(bytes);
  } catch (cause) {
    if (cause instanceof AsynchronousSchema) throw cause;
    const issues = cause instanceof CodecRefusal ? cause.issues : [{ message: "refused", path: [] }];
    throw new EtcdDecodeError(`Cannot decode the value of "${showText(of.keyBytes)}": the codec refused it`, {
      keyBytes: new Uint8Array(of.keyBytes),
      revision: of.revision,
      issues,
    });
  }
}

class StoredKeyValue<V> implements KeyValue<V> {
  readonly key: string;
  readonly value: V;
  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;

  constructor(message: KeyValueMessage, keyBytes: Uint8Array, value: V) {
    this.key = showText(keyBytes);
    this.value = value;
    this.keyBytes = keyBytes;
    this.valueBytes = message.value;
    this.createRevision = message.createRevision;
    this.modRevision = message.modRevision;
    this.version = message.version;
    this.lease = message.lease;
  }

  toJSON(): unknown {
    const { keyBytes: _key, valueBytes: _value, ...rest } = this;
    return toPlain(rest);
  }
}

/**
 * A key and its value as the caller sees them.
 *
 * @throws {EtcdDecodeError} If the codec refuses the value.
 */
export function toKeyValue<V>(message: KeyValueMessage, keys: Keyspace, codec: Codec<V>): KeyValue<V> {
  const keyBytes = keys.relative(message.key);
  const value = decodeValue(codec, message.value, { keyBytes, revision: message.modRevision });
  return new StoredKeyValue(message, keyBytes, value);
}

/** The same without a value, for answers that carry keys only. */
export function toKeyOnly(message: KeyValueMessage, keys: Keyspace): KeyValue<null> {
  return new StoredKeyValue(message, keys.relative(message.key), null);
}

/** A response's header; etcd sends one with every response. */
export function toHeader(message: HeaderMessage | undefined): ResponseHeader {
  return jsonable({
    clusterId: message?.clusterId ?? 0n,
    memberId: message?.memberId ?? 0n,
    revision: message?.revision ?? 0n,
    raftTerm: message?.raftTerm ?? 0n,
  });
}
