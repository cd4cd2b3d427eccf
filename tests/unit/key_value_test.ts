import { assert, assertEquals, assertNotStrictEquals, assertThrows } from "@std/assert";
import type { KeyValue as KeyValueMessage } from "../../proto/gen/mvcc.ts";
import { encodeText } from "../../src/bytes.ts";
import { type Codec, jsonCodec, utf8Codec } from "../../src/codec.ts";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import { exactKey, toHeader, toKeyOnly, toKeyValue } from "../../src/key_value.ts";
import { Keyspace } from "../../src/keys.ts";
import { jsonable, toPlain } from "../../src/plain.ts";
import { test } from "../harness.ts";

const notUtf8 = new Uint8Array([0x6b, 0xff]);

function message(key: string | Uint8Array, value: string | Uint8Array): KeyValueMessage {
  const bytes = (from: string | Uint8Array) => typeof from === "string" ? encodeText(from) : from;
  const revisions = { createRevision: 2n ** 53n + 1n, modRevision: 2n ** 62n, version: 3n, lease: 7n };
  return { key: bytes(key), value: bytes(value), ...revisions };
}

test("a key value shows what etcd says, without the namespace", () => {
  const kv = toKeyValue(message("ns/k", "v"), Keyspace.root.below("ns/"), utf8Codec);
  assertEquals([kv.key, kv.value, kv.version, kv.lease], ["k", "v", 3n, 7n]);
  assertEquals([kv.createRevision, kv.modRevision], [2n ** 53n + 1n, 2n ** 62n]);
  assertEquals([kv.keyBytes, kv.valueBytes], [encodeText("k"), encodeText("v")]);
});

test("a key value becomes JSON with its 64-bit numbers as text and without its bytes", () => {
  const kv = toKeyValue(message("k", '{"a":1}'), Keyspace.root, jsonCodec());
  assertEquals(kv.toJSON(), {
    key: "k",
    value: { a: 1 },
    createRevision: "9007199254740993",
    modRevision: "4611686018427387904",
    version: "3",
    lease: "7",
  });
});

test("a key that is not UTF-8 shows with replacement characters, exactly in its bytes", () => {
  const kv = toKeyOnly(message(notUtf8, ""), Keyspace.root);
  assertEquals([kv.key, kv.keyBytes, kv.value], ["k\ufffd", notUtf8, null]);
  const error = assertThrows(() => exactKey(notUtf8), EtcdDecodeError, "not UTF-8");
  assertEquals([error.keyBytes, error.revision], [notUtf8, null]);
});

test("a value that the codec refuses is an EtcdDecodeError with key, revision and issues, never the value", () => {
  const refuse = () => toKeyValue(message("ns/k", "canary-7f3a"), Keyspace.root.below("ns/"), jsonCodec());
  const error = assertThrows(refuse, EtcdDecodeError, 'the value of "k"');
  assertEquals([error.keyBytes, error.revision], [encodeText("k"), 2n ** 62n]);
  assertEquals(error.issues, [{ message: "not JSON", path: [] }]);
  const shown = [error.message, error.stack, JSON.stringify(error), String(error.cause)].join();
  assert(!shown.includes("canary"));
});

test("what a codec of the caller's throws is not passed on, since it may quote the value", () => {
  const codec: Codec<string> = {
    encode: encodeText,
    decode: (bytes) => {
      throw new Error(`bad: ${new TextDecoder().decode(bytes)}`);
    },
  };
  const error = assertThrows(() => toKeyValue(message("k", "canary"), Keyspace.root, codec), EtcdDecodeError);
  assertEquals([error.cause, error.issues], [undefined, [{ message: "refused", path: [] }]]);
});

test("an asynchronous schema is a TypeError rather than a refused value", () => {
  const validate = (value: unknown) => Promise.resolve({ value });
  const codec = jsonCodec({ "~standard": { version: 1, vendor: "test", validate } });
  const error = assertThrows(() => toKeyValue(message("k", "1"), Keyspace.root, codec), TypeError);
  assert(!(error instanceof EtcdDecodeError));
});

test("results become JSON, and their toJSON is invisible to comparisons and copies", () => {
  const result = jsonable({
    revision: 5n,
    nested: { lease: 6n },
    list: [7n],
    map: new Map([["__proto__", 8n]]),
  });
  assertEquals(
    JSON.stringify(result),
    '{"revision":"5","nested":{"lease":"6"},"list":["7"],"map":{"__proto__":"8"}}',
  );
  assertEquals(Object.keys(result), ["revision", "nested", "list", "map"]);
  assertNotStrictEquals(toPlain(result), result);
});

test("a header that is missing is all zeros", () => {
  const header = toHeader(undefined);
  assertEquals(header, { clusterId: 0n, memberId: 0n, revision: 0n, raftTerm: 0n });
  assertEquals(JSON.stringify(header), '{"clusterId":"0","memberId":"0","revision":"0","raftTerm":"0"}');
});
