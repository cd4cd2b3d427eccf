/**
 * One change as it came: a view of a response, decoded when the reader takes it.
 *
 * @module
 */

import { WireReader } from "../rpc/wire/reader.ts";

/** The bytes of an mvccpb.Event. Its length is what a watcher's buffer counts. */
export type EncodedEvent = Uint8Array;

const reader = new WireReader();

/** Tags: field number times 8, plus 0 for a varint and 2 for what has a length (etcd `api/mvccpb/kv.proto`). */
const KV = 2 * 8 + 2;
const MOD_REVISION = 3 * 8;

/**
 * The revision of the change; nothing else of the event is read for it.
 *
 * @throws {RangeError} If the bytes are no event.
 */
export function revisionOf(event: EncodedEvent): bigint {
  const end = reader.begin(event);
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === KV) return readRevision(reader.nested());
    reader.skip(tag);
  }
  return 0n;
}

function readRevision(end: number): bigint {
  while (reader.more(end)) {
    const tag = reader.tag();
    if (tag === MOD_REVISION) return reader.int64();
    reader.skip(tag);
  }
  return 0n;
}
