/**
 * One change as it came: a stretch of a response, decoded when the reader takes it.
 *
 * @module
 */

import { type Event, Event_EventType, type KeyValue } from "../../proto/gen/mvcc.ts";
import { WireReader } from "./wire_reader.ts";

/** Fields of mvccpb.Event and mvccpb.KeyValue (etcd `api/mvccpb/kv.proto`): `field << 3 | wire type`. */
const TYPE = 1 << 3;
const KV = 2 << 3 | 2;
const PREV_KV = 3 << 3 | 2;

const KEY = 1 << 3 | 2;
const CREATE_REVISION = 2 << 3;
const MOD_REVISION = 3 << 3;
const VERSION = 4 << 3;
const VALUE = 5 << 3 | 2;
const LEASE = 6 << 3;

const NONE = new Uint8Array(0);

/** An event within a response. */
export class EncodedEvent {
  readonly #bytes: Uint8Array;
  readonly #start: number;
  readonly #end: number;

  constructor(bytes: Uint8Array, start: number, end: number) {
    this.#bytes = bytes;
    this.#start = start;
    this.#end = end;
  }

  /** Bytes that it holds: key, value and previous value, and some for the rest. */
  get size(): number {
    return this.#end - this.#start;
  }

  /** The revision of the change; nothing else of the event is read for it. */
  get revision(): bigint {
    const reader = new WireReader(this.#bytes, this.#start, this.#end);
    while (reader.more) {
      const tag = reader.uint32();
      if (tag === KV) return readRevision(reader.message());
      reader.skip(tag);
    }
    return 0n;
  }

  /** All of it, its keys and values as views of the response. */
  decode(): Event {
    const reader = new WireReader(this.#bytes, this.#start, this.#end);
    const event: Event = { type: Event_EventType.PUT, kv: undefined, prevKv: undefined };
    while (reader.more) {
      const tag = reader.uint32();
      if (tag === KV) event.kv = readKeyValue(reader.message());
      else if (tag === PREV_KV) event.prevKv = readKeyValue(reader.message());
      else if (tag === TYPE) {
        event.type = reader.uint32() === 0 ? Event_EventType.PUT : Event_EventType.DELETE;
      } else reader.skip(tag);
    }
    return event;
  }
}

function readRevision(reader: WireReader): bigint {
  while (reader.more) {
    const tag = reader.uint32();
    if (tag === MOD_REVISION) return reader.int64();
    reader.skip(tag);
  }
  return 0n;
}

function readKeyValue(reader: WireReader): KeyValue {
  const kv: KeyValue = {
    key: NONE,
    createRevision: 0n,
    modRevision: 0n,
    version: 0n,
    value: NONE,
    lease: 0n,
  };
  while (reader.more) readKeyValueField(kv, reader.uint32(), reader);
  return kv;
}

function readKeyValueField(kv: KeyValue, tag: number, reader: WireReader): void {
  switch (tag) {
    case KEY:
      kv.key = reader.view();
      return;
    case CREATE_REVISION:
      kv.createRevision = reader.int64();
      return;
    case MOD_REVISION:
      kv.modRevision = reader.int64();
      return;
    case VERSION:
      kv.version = reader.int64();
      return;
    case VALUE:
      kv.value = reader.view();
      return;
    case LEASE:
      kv.lease = reader.int64();
      return;
    default:
      reader.skip(tag);
  }
}
