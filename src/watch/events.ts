/**
 * Events as the caller sees them.
 *
 * @module
 */

import { Event_EventType } from "../../proto/gen/mvcc.ts";
import type { KeyValue as KeyValueMessage } from "../../proto/gen/mvcc.ts";
import { showText } from "../bytes.ts";
import type { Codec } from "../codec.ts";
import { EtcdDecodeError } from "../decode_error.ts";
import type { Keyspace } from "../keys.ts";
import { type KeyValue, toKeyValue } from "../key_value.ts";
import { toPlain } from "../plain.ts";
import { decodeEvent } from "../rpc/wire/decode.ts";
import type { EncodedEvent } from "./encoded_event.ts";
import type { DeleteEvent, PutEvent, WatchBatch, WatchEvent } from "./types.ts";

class Put<V> implements PutEvent<V> {
  readonly type = "PUT";
  readonly key: string;
  readonly value: V;
  readonly kv: KeyValue<V>;
  readonly prevValue: V | null;
  readonly prevKv: KeyValue<V> | null;
  readonly revision: bigint;
  readonly isCreate: boolean;

  constructor(kv: KeyValue<V>, prevKv: KeyValue<V> | null) {
    this.key = kv.key;
    this.value = kv.value;
    this.kv = kv;
    this.prevValue = prevKv === null ? null : prevKv.value;
    this.prevKv = prevKv;
    this.revision = kv.modRevision;
    this.isCreate = kv.createRevision === kv.modRevision;
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }
}

class Delete<V> implements DeleteEvent<V> {
  readonly type = "DELETE";
  readonly key: string;
  readonly keyBytes: Uint8Array;
  readonly value = null;
  readonly kv = null;
  readonly prevValue: V | null;
  readonly prevKv: KeyValue<V> | null;
  readonly revision: bigint;
  readonly isCreate = false;

  constructor(keyBytes: Uint8Array, revision: bigint, prevKv: KeyValue<V> | null) {
    this.key = showText(keyBytes);
    this.keyBytes = keyBytes;
    this.prevValue = prevKv === null ? null : prevKv.value;
    this.prevKv = prevKv;
    this.revision = revision;
  }

  toJSON(): unknown {
    const { keyBytes: _, ...rest } = this;
    return toPlain(rest);
  }
}

class Batch<V> implements WatchBatch<V> {
  readonly revision: bigint;
  readonly events: readonly WatchEvent<V>[];

  constructor(revision: bigint, events: readonly WatchEvent<V>[]) {
    this.revision = revision;
    this.events = events;
  }

  toJSON(): unknown {
    return toPlain({ ...this });
  }
}

/** Turns encoded events into those of one communicator: without its namespace, with its codec. */
export class EventReader<V> {
  readonly #keys: Keyspace;
  readonly #codec: Codec<V>;
  readonly #skip: boolean;

  /** @param skip Whether values that the codec refuses are left out rather than an error. */
  constructor(keys: Keyspace, codec: Codec<V>, skip: boolean) {
    this.#keys = keys;
    this.#codec = codec;
    this.#skip = skip;
  }

  /**
   * Decodes an event.
   *
   * @returns Undefined where it is to be skipped.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   */
  event(encoded: EncodedEvent): WatchEvent<V> | undefined {
    const { type, kv, prevKv } = decodeEvent(encoded);
    if (kv === undefined) return undefined;
    if (type === Event_EventType.DELETE) {
      return new Delete(this.#keys.relative(kv.key), kv.modRevision, this.#previous(prevKv));
    }
    const current = this.#keyValue(kv);
    return current && new Put(current, this.#previous(prevKv));
  }

  /**
   * Decodes a whole revision.
   *
   * @throws {EtcdDecodeError} If the codec refuses a value.
   */
  batch(revision: bigint, encoded: readonly EncodedEvent[]): WatchBatch<V> {
    const events = encoded.map((one) => this.event(one)).filter((event) => event !== undefined);
    return new Batch(revision, events);
  }

  #previous(message: KeyValueMessage | undefined): KeyValue<V> | null {
    return message === undefined ? null : this.#keyValue(message) ?? null;
  }

  #keyValue(message: KeyValueMessage): KeyValue<V> | undefined {
    try {
      return toKeyValue(message, this.#keys, this.#codec);
    } catch (error) {
      if (this.#skip && error instanceof EtcdDecodeError) return undefined;
      throw error;
    }
  }
}
