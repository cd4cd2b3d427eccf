/**
 * Events as the caller sees them.
 *
 * @module
 */

import { showText } from "../bytes.ts";
import type { Codec } from "../codec.ts";
import { EtcdDecodeError } from "../decode_error.ts";
import type { Keyspace } from "../keys.ts";
import { isTextCodec, type KeyValue, toKeyValue, withTexts } from "../key_value.ts";
import { toPlain } from "../plain.ts";
import { EventType } from "../rpc/wire/enums.ts";
import type { WireEvent } from "../rpc/wire/event.ts";
import type { WireKeyValue } from "../rpc/wire/key_value.ts";
import type { DeleteEvent, PutEvent, WatchBatch, WatchEvent } from "./types.ts";
import { type Upcoming, UpcomingTexts } from "./upcoming_texts.ts";

class Put<V> implements PutEvent<V> {
  readonly type = "PUT";
  readonly key: string;
  readonly value: V;
  readonly prevValue: V | null;
  readonly prevKv: KeyValue<V> | null;
  readonly revision: bigint;
  readonly isCreate: boolean;

  readonly #message: WireKeyValue;
  readonly #keys: Keyspace;
  #kv: KeyValue<V> | undefined;

  constructor(message: WireKeyValue, keys: Keyspace, key: string, value: V, prevKv: KeyValue<V> | null) {
    this.key = key;
    this.value = value;
    this.prevValue = prevKv === null ? null : prevKv.value;
    this.prevKv = prevKv;
    this.revision = message.modRevision;
    this.isCreate = message.isNew;
    this.#message = message;
    this.#keys = keys;
  }

  /** Made when it is asked for, as most readers need no more than key and value. */
  get kv(): KeyValue<V> {
    return this.#kv ??= withTexts(this.#message, this.#keys, this.key, this.value);
  }

  toJSON(): unknown {
    return toPlain({ ...this, kv: this.kv });
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

  constructor(key: string, keyBytes: Uint8Array, revision: bigint, prevKv: KeyValue<V> | null) {
    this.key = key;
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

/** A revision's events, which become JSON. */
export class EventBatch<V> implements WatchBatch<V> {
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

/** Turns events from the wire into those of one communicator: without its namespace, with its codec. */
export class EventReader<V> {
  readonly #keys: Keyspace;
  readonly #codec: Codec<V>;
  readonly #skip: boolean;
  readonly #texts: UpcomingTexts;
  readonly #isText: boolean;

  /** @param skip Whether values that the codec refuses are left out rather than an error. */
  constructor(keys: Keyspace, codec: Codec<V>, skip: boolean) {
    this.#keys = keys;
    this.#codec = codec;
    this.#skip = skip;
    this.#texts = new UpcomingTexts(keys.prefixLength);
    this.#isText = isTextCodec(codec);
  }

  /**
   * Decodes an event.
   *
   * @param upcoming What is there to be read: this event, and those that will be decoded after it.
   * @returns Undefined where it is to be skipped.
   * @throws {EtcdDecodeError} If the codec refuses a value.
   */
  event({ type, kv, prevKv }: WireEvent, upcoming: Upcoming): WatchEvent<V> | undefined {
    if (kv === undefined) return undefined;
    this.#texts.look(kv, upcoming);
    const { key, value } = this.#texts;
    if (type === EventType.DELETE) {
      const keyBytes = this.#keys.relative(kv.key);
      return new Delete(key ?? showText(keyBytes), keyBytes, kv.modRevision, this.#previous(prevKv));
    }
    const previous = this.#previous(prevKv);
    if (this.#isText && key !== undefined) return new Put(kv, this.#keys, key, value as V & string, previous);
    const current = this.#keyValue(kv);
    return current && new Put(kv, this.#keys, current.key, current.value, previous);
  }

  #previous(message: WireKeyValue | undefined): KeyValue<V> | null {
    return message === undefined ? null : this.#keyValue(message) ?? null;
  }

  #keyValue(message: WireKeyValue): KeyValue<V> | undefined {
    try {
      return toKeyValue(message, this.#keys, this.#codec);
    } catch (error) {
      if (this.#skip && error instanceof EtcdDecodeError) return undefined;
      throw error;
    }
  }
}
