/**
 * A change of a key within the answer it came in.
 *
 * @module
 */

import type { Event, Event_EventType } from "../../../proto/gen/mvcc.ts";
import { WireKeyValue } from "./key_value.ts";
import type { WireReader } from "./reader.ts";

/** The message; its bytes stay where they are. */
export class WireEvent implements Event {
  readonly type: Event_EventType;
  readonly kv: WireKeyValue | undefined;
  readonly prevKv: WireKeyValue | undefined;
  /** The revision of the change; `0n` where nothing is said of the key. */
  readonly revision: bigint;
  /** Bytes of the encoded message. */
  readonly size: number;

  /**
   * Reads it. Tags: field number times 8, plus 0 for a varint and 2 for what has a length.
   *
   * @throws {RangeError} If the bytes up to `end` are none.
   */
  constructor(reader: WireReader, end: number) {
    const start = reader.at;
    let type = 0;
    let kv: WireKeyValue | undefined, prevKv: WireKeyValue | undefined;
    while (reader.more(end)) {
      const tag = reader.tag();
      if (tag === 8) type = reader.number();
      else if (tag === 18) kv = new WireKeyValue(reader, reader.nested());
      else if (tag === 26) prevKv = new WireKeyValue(reader, reader.nested());
      else reader.skip(tag);
    }
    this.type = type as Event_EventType;
    this.kv = kv;
    this.prevKv = prevKv;
    this.revision = kv === undefined ? 0n : kv.modRevision;
    this.size = end - start;
  }
}
