import { assertEquals, assertThrows } from "@std/assert";
import { RangeResponse } from "../../proto/gen/kv.ts";
import { encodeText } from "../../src/bytes.ts";
import { bytesCodec, utf8Codec } from "../../src/codec.ts";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import { toKeyValue, toKeyValues } from "../../src/key_value.ts";
import { Keyspace } from "../../src/keys.ts";
import { readKeys, readPrefix } from "../../src/kv/read.ts";
import { decodeRangeResponse } from "../../src/rpc/wire/decode.ts";
import { test } from "../harness.ts";

type Text = string | Uint8Array;

/** An answer as it comes from the wire. */
function answer(...entries: readonly (readonly [key: Text, value: Text])[]): RangeResponse {
  const bytes = (text: Text) => typeof text === "string" ? encodeText(text) : text;
  const kvs = entries.map(([key, value], i) => ({
    key: bytes(key),
    value: bytes(value),
    createRevision: BigInt(i),
    modRevision: 2n ** 40n + BigInt(i),
    version: 1n,
    lease: 0n,
  }));
  return decodeRangeResponse(
    RangeResponse.encode({ header: undefined, kvs, more: false, count: 0n }).finish(),
  );
}

const many = Array.from({ length: 500 }, (_, i) => [`ns/${i}`, `${i}`.repeat(i % 60)] as const);
const mixed = many.map(([key, value], i) =>
  [i % 97 === 3 ? `${key}ü` : key, i % 89 === 7 ? "žluť" : value] as const
);

for (const [what, entries] of [["ASCII", many], ["some that is not ASCII", mixed]] as const) {
  test(`many keys and values are read as they are one by one, with ${what}`, () => {
    const { kvs } = answer(...entries, ["ns/large", "x".repeat(10_000)], ["ns/last", ""]);
    const keys = Keyspace.root.below("ns/");
    const together = toKeyValues(kvs, keys, utf8Codec);
    assertEquals(together, kvs.map((kv) => toKeyValue(kv, keys, utf8Codec)));
    assertEquals(together.map(({ keyBytes }) => keyBytes), kvs.map(({ key }) => key.subarray(3)));
    assertEquals(together.map(({ valueBytes }) => valueBytes), kvs.map(({ value }) => value));
    const expected = [...entries, ["ns/large", "x".repeat(10_000)], ["ns/last", ""]];
    assertEquals(together.map(({ key, value }) => [`ns/${key}`, value]), expected);
  });
}

test("maps and lists of keys have the same texts", () => {
  const view = { keys: Keyspace.root, codec: utf8Codec };
  assertEquals(readPrefix(view, "ns/", {}).read(answer(...mixed)), new Map(mixed));
  assertEquals(
    readKeys(view, { key: encodeText("a"), rangeEnd: encodeText("z") }, {}).read(answer(...mixed)),
    mixed.map(([key]) => key),
  );
  const bytes = readPrefix({ keys: Keyspace.root, codec: bytesCodec }, "ns/", {}).read(answer(...many));
  assertEquals([...bytes.values()], many.map(([, value]) => encodeText(value)));
});

test("two halves of a character in values that stand beside each other are no character", () => {
  const [first, second] = [new Uint8Array([0x61, 0xc3]), new Uint8Array([0xa9, 0x62])];
  const { kvs } = answer(["", first], ["", second], ["c", "3"], ["d", "4"]);
  assertThrows(() => toKeyValues(kvs, Keyspace.root, utf8Codec), EtcdDecodeError);
  const raw = toKeyValues(kvs, Keyspace.root, bytesCodec);
  assertEquals(raw.map(({ value }) => value), [first, second, encodeText("3"), encodeText("4")]);
});

test("keys that are not UTF-8 show with replacement characters, and are refused where they could collide", () => {
  const { kvs, ...rest } = answer(["a", "1"], [new Uint8Array([0x62, 0xff]), "2"], ["c", "3"], ["d", "4"]);
  assertEquals(toKeyValues(kvs, Keyspace.root, utf8Codec).map(({ key }) => key), ["a", "b\ufffd", "c", "d"]);
  const view = { keys: Keyspace.root, codec: utf8Codec };
  assertThrows(() => readPrefix(view, "", {}).read({ kvs, ...rest }), EtcdDecodeError, "not UTF-8");
});
