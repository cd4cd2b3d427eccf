/**
 * What etcd says of a key: the public shape of it, and how it is read from a message.
 *
 * @module
 */

import type { ResponseHeader as HeaderMessage } from "../proto/gen/header.ts";
import type { KeyValue as KeyValueMessage } from "../proto/gen/mvcc.ts";
import { decodeText, showText } from "./bytes.ts";
import { type Codec, utf8Codec } from "./codec.ts";
import { CodecRefusal, EtcdDecodeError } from "./decode_error.ts";
import type { Keyspace } from "./keys.ts";
import { readTexts } from "./rpc/wire/texts.ts";
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
export function decodeValue<V>(message: KeyValueMessage, keys: Keyspace, codec: Codec<V>): V {
  try {
    return codec.decode(message.value);
  } catch (cause) {
    if (cause instanceof AsynchronousSchema) throw cause;
    const issues = cause instanceof CodecRefusal ? cause.issues : [{ message: "refused", path: [] }];
    const keyBytes = new Uint8Array(keys.relative(message.key));
    throw new EtcdDecodeError(`Cannot decode the value of "${showText(keyBytes)}": the codec refused it`, {
      keyBytes,
      revision: message.modRevision,
      issues,
    });
  }
}

/** Its bytes are views that are made when they are asked for. */
class StoredKeyValue<V> implements KeyValue<V> {
  readonly key: string;
  readonly value: V;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;
  readonly #message: KeyValueMessage;
  readonly #keys: Keyspace;

  constructor(message: KeyValueMessage, keys: Keyspace, key: string, value: V) {
    this.key = key;
    this.value = value;
    this.createRevision = message.createRevision;
    this.modRevision = message.modRevision;
    this.version = message.version;
    this.lease = message.lease;
    this.#message = message;
    this.#keys = keys;
  }

  get keyBytes(): Uint8Array {
    return this.#keys.relative(this.#message.key);
  }

  get valueBytes(): Uint8Array {
    return this.#message.value;
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }
}

/**
 * A key and its value as the caller sees them.
 *
 * @throws {EtcdDecodeError} If the codec refuses the value.
 */
export function toKeyValue<V>(message: KeyValueMessage, keys: Keyspace, codec: Codec<V>): KeyValue<V> {
  const value = decodeValue(message, keys, codec);
  return new StoredKeyValue(message, keys, showText(keys.relative(message.key)), value);
}

/** The same where the texts of key and value are known. */
export function withTexts<V>(message: KeyValueMessage, keys: Keyspace, key: string, value: V): KeyValue<V> {
  return new StoredKeyValue(message, keys, key, value);
}

/** Many of them. */
export function toKeyValues<V>(
  messages: readonly KeyValueMessage[],
  keys: Keyspace,
  codec: Codec<V>,
): KeyValue<V>[] {
  if (!isTextCodec(codec)) return messages.map((message) => toKeyValue(message, keys, codec));
  const kvs: KeyValue<V>[] = [];
  readTexts(messages, keys.prefixLength, (message, key, value) => {
    kvs.push(
      key === undefined
        ? toKeyValue(message, keys, codec)
        : withTexts(message, keys, key, value as V & string),
    );
  });
  return kvs;
}

/** Whether a codec does to ASCII what all decoders of text do. */
export function isTextCodec(codec: Codec<unknown>): boolean {
  return codec === utf8Codec;
}

/** The same without a value, for answers that carry keys only. */
export function toKeyOnly(message: KeyValueMessage, keys: Keyspace): KeyValue<null> {
  return new StoredKeyValue(message, keys, showText(keys.relative(message.key)), null);
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
