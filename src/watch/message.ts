/**
 * A response of the Watch stream, read as far as routing it needs; its events stay encoded until the reader
 * takes them.
 *
 * @module
 */

import { WatchDefinition, type WatchRequest } from "../../proto/gen/watch.ts";
import { showText } from "../bytes.ts";
import { defineMethod, type Method } from "../rpc/method.ts";
import { EncodedEvent } from "./encoded_event.ts";
import { WireReader } from "./wire_reader.ts";

/** One response of the Watch stream (etcd `api/etcdserverpb/rpc.proto`, WatchResponse). */
export interface WatchMessage {
  /** Of the header; `0n` where it is missing. */
  clusterId: bigint;
  /** Of the header: the store's revision as this member knew it, `0n` where it is missing. */
  revision: bigint;
  /** `-1n` for progress of the whole stream, and for creates that new servers refuse. */
  watchId: bigint;
  created: boolean;
  canceled: boolean;
  /** The oldest revision still there, where one before it was asked for; else `0n`. */
  compactRevision: bigint;
  cancelReason: string;
  /** More events of this revision follow in the next response. */
  fragment: boolean;
  readonly events: EncodedEvent[];
}

/** Watch, with the decoder below in place of the generated one. */
export const Watch: Method<WatchRequest, WatchMessage> = {
  ...defineMethod(WatchDefinition, WatchDefinition.methods.watch),
  decode: decodeWatchMessage,
};

/** `tag = field << 3 | wire type`. */
const HEADER = 1 << 3 | 2;
const WATCH_ID = 2 << 3;
const CREATED = 3 << 3;
const CANCELED = 4 << 3;
const COMPACT_REVISION = 5 << 3;
const CANCEL_REASON = 6 << 3 | 2;
const FRAGMENT = 7 << 3;
const EVENTS = 11 << 3 | 2;

const HEADER_CLUSTER_ID = 1 << 3;
const HEADER_REVISION = 3 << 3;

/**
 * Reads a response.
 *
 * @throws {RangeError} If the bytes are no message, or end within one.
 */
export function decodeWatchMessage(given: Uint8Array): WatchMessage {
  // Node's Buffer would otherwise show through in the keys and values that users get.
  const bytes = new Uint8Array(given.buffer, given.byteOffset, given.byteLength);
  const reader = new WireReader(bytes, 0, bytes.length);
  const message = blank();
  while (reader.more) {
    const tag = reader.uint32();
    if (tag === EVENTS) {
      const start = reader.length();
      message.events.push(new EncodedEvent(bytes, start, reader.at));
    } else {
      readField(message, tag, reader);
    }
  }
  return message;
}

function blank(): WatchMessage {
  return {
    clusterId: 0n,
    revision: 0n,
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0n,
    cancelReason: "",
    fragment: false,
    events: [],
  };
}

function readField(message: WatchMessage, tag: number, reader: WireReader): void {
  switch (tag) {
    case HEADER:
      return readHeader(message, reader.message());
    case WATCH_ID:
      message.watchId = reader.int64();
      return;
    case CREATED:
      message.created = reader.uint32() !== 0;
      return;
    case CANCELED:
      message.canceled = reader.uint32() !== 0;
      return;
    case COMPACT_REVISION:
      message.compactRevision = reader.int64();
      return;
    case CANCEL_REASON:
      message.cancelReason = showText(reader.view());
      return;
    case FRAGMENT:
      message.fragment = reader.uint32() !== 0;
      return;
    default:
      reader.skip(tag);
  }
}

function readHeader(message: WatchMessage, reader: WireReader): void {
  while (reader.more) {
    const tag = reader.uint32();
    if (tag === HEADER_CLUSTER_ID) message.clusterId = reader.uint64();
    else if (tag === HEADER_REVISION) message.revision = reader.int64();
    else reader.skip(tag);
  }
}
