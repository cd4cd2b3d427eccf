import { assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import { encodeText } from "../../src/bytes.ts";
import {
  covers,
  isEmpty,
  keyBytes,
  type KeyRange,
  Keyspace,
  prefixEnd,
  type Selector,
} from "../../src/keys.ts";
import { between, prefixSpan, rangeSpan, singleSpan, spanOf } from "../../src/keys.ts";
import { test } from "../harness.ts";

const bytes = (...values: number[]) => new Uint8Array(values);
const text = encodeText;

test("a prefix ends after its last byte below 0xff is incremented", () => {
  assertEquals(prefixEnd(text("/a/")), text("/a0"));
  assertEquals(prefixEnd(bytes(1, 0xff)), bytes(2));
  assertEquals(prefixEnd(bytes(1, 0xff, 0xff)), bytes(2));
  assertEquals(prefixEnd(bytes(0xff, 0xff)), bytes(0), "nothing follows: etcd's own word for no end");
  assertEquals(prefixEnd(bytes()), bytes(0));
});

test("a prefix covers exactly the keys that begin with it", () => {
  const span = prefixSpan("/a/");
  assertEquals(["/a/", "/a/b", "/a/\uffff"].map((key) => covers(span, text(key))), [true, true, true]);
  assertEquals(["/a", "/a0", "/ab", "/b"].map((key) => covers(span, text(key))), [
    false,
    false,
    false,
    false,
  ]);
});

test("the empty prefix covers every key", () => {
  for (const span of [prefixSpan(""), spanOf({ all: true }), spanOf({ prefix: "" })]) {
    assertEquals(span, { key: bytes(0), rangeEnd: bytes(0) });
    assertEquals([bytes(0), bytes(0xff, 0xff), text("a")].map((key) => covers(span, key)), [
      true,
      true,
      true,
    ]);
  }
});

test("a prefix of 0xff bytes has no end", () => {
  assertEquals(prefixSpan(bytes(0xff)), { key: bytes(0xff), rangeEnd: bytes(0) });
});

test("a range without end goes to the last key", () => {
  assertEquals(spanOf({ start: "b" }), { key: text("b"), rangeEnd: bytes(0) });
  assertEquals(spanOf({ start: "" }), { key: bytes(0), rangeEnd: bytes(0) });
});

test("a range whose start equals its end covers nothing", () => {
  const span = rangeSpan("a", "a");
  assertEquals(isEmpty(span), true);
  assertEquals(covers(span, text("a")), false);
  assertEquals(isEmpty(rangeSpan("a", "b")), false);
  assertEquals(isEmpty(singleSpan("a")), false);
  assertEquals(isEmpty(prefixSpan("")), false);
});

test("of two keys both must be given, since a forgotten end would mean all that follows", () => {
  assertEquals(between("a", "b"), rangeSpan("a", "b"));
  assertThrows(() => between("a", undefined as unknown as string), TypeError, "its end is undefined");
});

test("keys are compared as unsigned bytes, shorter first", () => {
  assertEquals(covers(rangeSpan("a", "b"), bytes(0x61, 0xff)), true);
  assertThrows(() => rangeSpan("b", "a"), RangeError, "start lies after its end");
  assertThrows(() => rangeSpan("ab", "a"), RangeError);
  assertThrows(() => rangeSpan("\u{1f600}", "\uffff"), RangeError, "start", "UTF-8, not UTF-16, decides");
  assertThrows(() => rangeSpan("a", ""), RangeError);
});

test("an empty key is refused", () => {
  assertThrows(() => singleSpan(""), TypeError, "empty");
  assertThrows(() => spanOf(new Uint8Array(0)), TypeError, "empty");
});

test("unpaired surrogates are refused, pairs are not", () => {
  for (const key of ["\ud800", "a\udc00b", "\udc00\ud800"]) {
    assertThrows(() => keyBytes(key), TypeError, "surrogate");
    assertThrows(() => spanOf({ prefix: key }), TypeError, "surrogate");
    assertThrows(() => spanOf({ start: "a", end: key }), TypeError, "surrogate");
  }
  assertEquals(keyBytes("\u{1f600}"), bytes(0xf0, 0x9f, 0x98, 0x80));
});

test("what is no key is refused", () => {
  for (const key of [undefined, null, 1, {}, [97]]) {
    assertThrows(() => keyBytes(key as unknown as string), TypeError, "Cannot use the key");
    assertThrows(() => spanOf(key as unknown as Selector), TypeError, "Cannot use the");
  }
});

test("a selector has exactly one of its forms", () => {
  const mixed = [
    {},
    { prefix: "a", start: "b" },
    { prefix: "a", end: "b" },
    { all: true, prefix: "a" },
    { all: true, end: "b" },
    { end: "b" },
    { prefix: undefined },
    { start: undefined },
    { all: false },
    { start: "a", end: undefined },
  ];
  for (const selector of mixed) {
    assertThrows(() => spanOf(selector as unknown as KeyRange), TypeError, "Cannot use the range");
  }
});

test("the bytes of a key are copied, also those of a Buffer", () => {
  const mine = bytes(1, 2, 3);
  const taken = keyBytes(mine);
  mine[0] = 9;
  assertEquals(taken, bytes(1, 2, 3));
  const { Buffer } = globalThis as { Buffer?: { from(values: number[]): Uint8Array } };
  if (Buffer === undefined) return;
  const buffer = Buffer.from([1, 2, 3]);
  const copy = keyBytes(buffer);
  buffer[0] = 9;
  assertEquals(copy, bytes(1, 2, 3));
});

test("a keyspace puts its prefix before keys and takes it off again", () => {
  const space = Keyspace.root.below("app/").below(bytes(0x62));
  assertEquals(space.absolute(text("k")), text("app/bk"));
  assertEquals(space.relative(text("app/bk")), text("k"));
  assertEquals(Keyspace.root.absolute(text("k")), text("k"));
  assertNotStrictEquals(space, Keyspace.root);
});

test("no span sees out of its keyspace", () => {
  const space = Keyspace.root.below("app/");
  assertEquals(space.absoluteSpan(spanOf({ all: true })), { key: text("app/\0"), rangeEnd: text("app0") });
  assertEquals(space.absoluteSpan(spanOf({ start: "m" })), { key: text("app/m"), rangeEnd: text("app0") });
  assertEquals(space.absoluteSpan(rangeSpan("a", "b")), { key: text("app/a"), rangeEnd: text("app/b") });
  assertEquals(space.absoluteSpan(prefixSpan(bytes(0xff))), {
    key: bytes(...text("app/"), 0xff),
    rangeEnd: text("app0"),
  });
  assertEquals(space.absoluteSpan(singleSpan("a")), { key: text("app/a"), rangeEnd: bytes() });
});

test("a keyspace of 0xff bytes reaches to the last key", () => {
  const space = Keyspace.root.below(bytes(0xff));
  assertEquals(space.absoluteSpan(spanOf({ all: true })), { key: bytes(0xff, 0), rangeEnd: bytes(0) });
});

test("a prefix of a keyspace stays in it", () => {
  const space = Keyspace.root.below("n");
  const span = space.absoluteSpan(prefixSpan("a"));
  assertEquals([covers(span, text("nab")), covers(span, text("nb")), covers(span, text("ab"))], [
    true,
    false,
    false,
  ]);
});
