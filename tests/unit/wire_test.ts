import { assertEquals, assertThrows } from "@std/assert";
import { PutRequest, PutResponse, RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import { Event, type KeyValue } from "../../proto/gen/mvcc.ts";
import { WatchResponse } from "../../proto/gen/watch.ts";
import {
  decodeEvent,
  decodeKeyValue,
  decodePutResponse,
  decodeRangeResponse,
  scanRangeResponse,
} from "../../src/rpc/wire/decode.ts";
import { encodePutRequest, encodeRangeRequest } from "../../src/rpc/wire/encode.ts";
import { decodeWatchMessage } from "../../src/watch/message.ts";
import { test } from "../harness.ts";
import { plainEvent, plainKeyValue } from "./plain_messages.ts";

/** Numbers that repeat with their seed (mulberry32). */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

function maker(seed: number) {
  const random = numbers(seed);
  const below = (n: number) => Math.floor(random() * n);
  const flag = () => below(2) === 1;
  const bytes = (most = 300) =>
    Uint8Array.from({ length: below(3) === 0 ? 0 : below(most) }, () => below(256));
  const bits = () => (BigInt(below(2 ** 32)) << 32n) | BigInt(below(2 ** 32));
  const int64 = () =>
    BigInt.asIntN(64, [0n, BigInt(below(200)), bits() >> BigInt(below(64)), bits()][below(4)]);
  const uint64 = () => BigInt.asUintN(64, int64());
  const header = () => ({ clusterId: uint64(), memberId: uint64(), revision: int64(), raftTerm: uint64() });
  const maybe = <T>(make: () => T) => flag() ? make() : undefined;
  const kv = (): KeyValue => ({
    key: bytes(),
    value: bytes(2_000),
    createRevision: int64(),
    modRevision: int64(),
    version: int64(),
    lease: int64(),
  });
  const list = <T>(make: () => T) => Array.from({ length: below(5) }, make);
  return { below, flag, bytes, int64, uint64, header, maybe, kv, list };
}

const seed = Math.floor(Math.random() * 2 ** 31);

test(`our encoders and decoders agree with the generated ones on random messages, seed ${seed}`, () => {
  const { below, flag, bytes, int64, uint64, header, maybe, kv, list } = maker(seed);
  const encoded: [Uint8Array, Uint8Array][] = [];
  for (let i = 0; i < 300; i++) {
    const range: RangeResponse = { header: maybe(header), kvs: list(kv), more: flag(), count: int64() };
    const ranged = decodeRangeResponse(RangeResponse.encode(range).finish());
    assertEquals({ ...ranged, kvs: ranged.kvs.map(plainKeyValue) }, range);
    const encodedRange = RangeResponse.encode(range).finish();
    const { places, ...scanned } = scanRangeResponse(encodedRange);
    const kvs = range.kvs.map((_, j) => encodedRange.slice(places[2 * j], places[2 * j + 1]));
    assertEquals({ ...scanned, kvs: kvs.map((one) => plainKeyValue(decodeKeyValue(one))) }, range);
    const put: PutResponse = { header: maybe(header), prevKv: maybe(kv) };
    const { header: putHeader, prevKv } = decodePutResponse(PutResponse.encode(put).finish());
    assertEquals({ header: putHeader, prevKv: prevKv && plainKeyValue(prevKv) }, put);
    const change: Event = { type: below(2) as 0 | 1, kv: maybe(kv), prevKv: maybe(kv) };
    assertEquals(plainEvent(decodeEvent(Event.encode(change).finish())), change);
    const watched: WatchResponse = {
      header: { clusterId: uint64(), memberId: uint64(), revision: int64(), raftTerm: uint64() },
      watchId: int64(),
      created: flag(),
      canceled: flag(),
      compactRevision: int64(),
      cancelReason: "",
      fragment: flag(),
      events: list(() => ({ type: below(2) as 0 | 1, kv: maybe(kv), prevKv: maybe(kv) })),
    };
    const { clusterId, revision, events, ...rest } = decodeWatchMessage(
      WatchResponse.encode(watched).finish(),
    );
    assertEquals(
      { ...rest, header: { ...watched.header!, clusterId, revision }, events: events.map(plainEvent) },
      watched,
    );
    assertEquals(
      events.map(({ size, revision }) => [size, revision]),
      watched.events.map((one) => [Event.encode(one).finish().length, one.kv?.modRevision ?? 0n]),
    );
    const read: RangeRequest = {
      key: bytes(),
      rangeEnd: bytes(),
      limit: int64(),
      revision: int64(),
      sortOrder: below(3) as 0 | 1 | 2,
      sortTarget: below(5) as 0 | 1 | 2 | 3 | 4,
      serializable: flag(),
      keysOnly: flag(),
      countOnly: flag(),
      minModRevision: int64(),
      maxModRevision: int64(),
      minCreateRevision: int64(),
      maxCreateRevision: int64(),
    };
    encoded.push([encodeRangeRequest(read), RangeRequest.encode(read).finish()]);
    const write: PutRequest = {
      key: bytes(),
      value: bytes(40_000),
      lease: int64(),
      prevKv: flag(),
      ignoreValue: flag(),
      ignoreLease: flag(),
    };
    encoded.push([encodePutRequest(write), PutRequest.encode(write).finish()]);
  }
  // Compared in the end: what was encoded may wait to be sent, and is not written to.
  for (const [ours, theirs] of encoded) assertEquals(ours, theirs);
});

test(`no cut or changed byte hangs a decoder or makes it read past the end, seed ${seed}`, () => {
  const { below, header, kv, list } = maker(seed);
  for (let i = 0; i < 2_000; i++) {
    const bytes = RangeResponse.encode({ header: header(), kvs: list(kv), more: true, count: 3n }).finish();
    const damaged = bytes.slice(0, below(bytes.length + 1));
    if (damaged.length > 0) damaged[below(damaged.length)] = below(256);
    try {
      for (const { key, value } of decodeRangeResponse(damaged).kvs) {
        assertEquals(key.byteOffset + key.length <= damaged.length, true);
        assertEquals(value.byteOffset + value.length <= damaged.length, true);
      }
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
    }
  }
});

test("fields that a newer server may send are passed over", () => {
  const known = PutResponse.encode({ header: undefined, prevKv: undefined }).finish();
  const unknown = [
    0xf8,
    0x01,
    0x96,
    0x01,
    0xfa,
    0x01,
    2,
    7,
    7,
    0xfd,
    0x01,
    1,
    2,
    3,
    4,
    0xf9,
    0x01,
    1,
    2,
    3,
    4,
    5,
    6,
    7,
    8,
  ];
  assertEquals(decodePutResponse(Uint8Array.from([...known, ...unknown])), {
    header: undefined,
    prevKv: undefined,
  });
});

test("a number that does not fit 64 bits is refused", () => {
  const request = { key: new Uint8Array(), value: new Uint8Array(), lease: 2n ** 63n };
  assertThrows(
    () => encodePutRequest({ ...request, prevKv: false, ignoreValue: false, ignoreLease: false }),
    RangeError,
  );
});
