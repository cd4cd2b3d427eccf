import { assert, assertEquals, assertThrows } from "@std/assert";
import { WatchResponse } from "../../proto/gen/watch.ts";
import { Event } from "../../proto/gen/mvcc.ts";
import { decodeWatchMessage } from "../../src/watch/message.ts";
import { test } from "../harness.ts";
import { plainEvent } from "./plain_messages.ts";
import { del, put } from "./watch_script.ts";

const MAX = 2n ** 63n - 1n;

const response: WatchResponse = {
  header: { clusterId: 2n ** 64n - 1n, memberId: 7n, revision: MAX, raftTerm: 3n },
  watchId: 300n,
  created: false,
  canceled: false,
  compactRevision: 0n,
  cancelReason: "",
  fragment: true,
  events: [
    put("key", "value", 5n),
    { ...put("key", "a".repeat(70_000), 2n ** 40n, 5n), prevKv: put("key", "value", 5n).kv },
    del("key", MAX),
  ],
};

function encode(message: WatchResponse): Uint8Array {
  return WatchResponse.encode(message).finish();
}

test("a response is read as the generated code wrote it", () => {
  const message = decodeWatchMessage(encode(response));
  assertEquals(message.clusterId, 2n ** 64n - 1n);
  assertEquals(message.revision, MAX);
  assertEquals(message.watchId, 300n);
  assertEquals([message.created, message.canceled, message.fragment], [false, false, true]);
  assertEquals(message.events.map(({ revision }) => revision), [5n, 2n ** 40n, MAX]);
  assertEquals(message.events.map(plainEvent), response.events);
  assertEquals(
    message.events.map(({ size }) => size),
    response.events.map((event) => Event.encode(event).finish().length),
  );
});

test("a response of control is read as the generated code wrote it", () => {
  const message = decodeWatchMessage(encode({
    ...response,
    header: undefined,
    watchId: -1n,
    created: true,
    canceled: true,
    compactRevision: 12_345_678_901n,
    cancelReason: "etcdserver: permission denied",
    fragment: false,
    events: [],
  }));
  assertEquals(message, {
    clusterId: 0n,
    revision: 0n,
    watchId: -1n,
    created: true,
    canceled: true,
    compactRevision: 12_345_678_901n,
    cancelReason: "etcdserver: permission denied",
    fragment: false,
    events: [],
  });
});

test("64-bit numbers of every length keep their value", () => {
  for (let bits = 0n; bits < 63n; bits++) {
    for (const revision of [2n ** bits, 2n ** (bits + 1n) - 1n]) {
      const bytes = encode({ ...response, watchId: -revision, events: [put("k", "v", revision)] });
      const { watchId, events } = decodeWatchMessage(bytes);
      assertEquals([watchId, events[0].revision], [-revision, revision]);
      assertEquals(events[0].kv?.createRevision, revision);
    }
  }
});

test("fields that a later etcd may add are passed over", () => {
  // Field 15 as a varint, as 64 bits, as bytes, as 32 bits (protobuf encoding, "Message Structure").
  const unknown = [0x78, 0xff, 0x01, 0x79, 1, 2, 3, 4, 5, 6, 7, 8, 0x7a, 2, 9, 9, 0x7d, 1, 2, 3, 4];
  const bytes = encode({ ...response, events: [] });
  const { watchId, fragment } = decodeWatchMessage(new Uint8Array([...unknown, ...bytes, ...unknown]));
  assertEquals([watchId, fragment], [300n, true]);
});

test("a message that ends within a field is refused, wherever it is cut", () => {
  const bytes = encode({ ...response, events: [put("key", "value", 2n ** 40n), del("key", MAX)] });
  const whole = decodeWatchMessage(bytes).events.map(plainEvent);
  for (let length = 0; length < bytes.length; length++) {
    const cut = bytes.slice(0, length);
    let read;
    try {
      read = decodeWatchMessage(cut).events.map(plainEvent);
    } catch (error) {
      assert(error instanceof RangeError, `cut at ${length}`);
      continue;
    }
    assertEquals(read, whole.slice(0, read.length), `cut at ${length}, between two fields`);
  }
});

test("an event that ends within a field is refused", () => {
  const event = Event.encode(put("key", "value", 2n ** 40n)).finish();
  for (let length = 1; length < event.length; length++) {
    const cut = event.slice(0, length);
    const bytes = new Uint8Array([11 << 3 | 2, length, ...cut]);
    assertThrows(() => decodeWatchMessage(bytes), RangeError, "past the end", `cut at ${length}`);
  }
});

test("bytes that are no message are refused", () => {
  for (const bytes of [[0x0a], [0x0a, 5, 1], [0x0b], [0x10, ...Array(11).fill(0xff)], [0x5a, 0xff, 0xff]]) {
    assertThrows(() => decodeWatchMessage(new Uint8Array(bytes)), RangeError);
  }
});
