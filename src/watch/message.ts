/**
 * A response of the Watch stream. Keys and values of its events stay bytes of it until the reader takes them.
 *
 * @module
 */

import type { WatchRequest } from "../../proto/gen/watch.ts";
import { showText } from "../bytes.ts";
import { generatedMethod, type Method } from "../rpc/method.ts";
import { WireEvent } from "../rpc/wire/event.ts";
import { remembered, WireReader } from "../rpc/wire/reader.ts";

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
  readonly events: WireEvent[];
}

/** Watch, with the decoder below. */
export const Watch: Method<WatchRequest, WatchMessage> = generatedMethod(
  "Watch/Watch",
  "stream",
  async () => (await import("../../proto/gen/watch.ts")).WatchDefinition.methods.watch,
  decodeWatchMessage,
);

const reader = new WireReader();
const cluster = remembered();

/**
 * Reads a response.
 *
 * @param bytes They are kept by the events.
 * @throws {RangeError} If the bytes are no response.
 */
export function decodeWatchMessage(bytes: Uint8Array): WatchMessage {
  const message: WatchMessage = {
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
  const end = reader.begin(bytes);
  while (reader.more(end)) readField(message, reader.tag());
  reader.finish();
  return message;
}

/** Tags: field number times 8, plus 0 for a varint and 2 for what has a length. */
function readField(message: WatchMessage, tag: number): void {
  if (tag === 90) message.events.push(new WireEvent(reader, reader.nested()));
  else if (tag === 10) readHeader(message, reader.nested());
  else if (tag === 16) message.watchId = reader.int64();
  else if (tag === 24) message.created = reader.flag();
  else if (tag === 32) message.canceled = reader.flag();
  else if (tag === 40) message.compactRevision = reader.int64();
  else if (tag === 50) message.cancelReason = showText(reader.view());
  else if (tag === 56) message.fragment = reader.flag();
  else reader.skip(tag);
}

function readHeader(message: WatchMessage, end: number): void {
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === 8) message.clusterId = reader.remembered(cluster);
    else if (tag === 24) message.revision = reader.int64();
    else reader.skip(tag);
  }
}
