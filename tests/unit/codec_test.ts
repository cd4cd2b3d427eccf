import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeText } from "../../src/bytes.ts";
import { bytesCodec, checkedCodec, type Codec, jsonCodec, utf8Codec } from "../../src/codec.ts";
import { CodecRefusal } from "../../src/decode_error.ts";
import type { StandardResult, StandardSchema } from "../../src/schema.ts";
import { test } from "../harness.ts";

const notUtf8 = new Uint8Array([0x61, 0xff]);

function schema<T>(
  validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>,
): StandardSchema<T> {
  return { "~standard": { version: 1, vendor: "test", validate } };
}

function refusal<T>(codec: Codec<T>, stored: string): CodecRefusal {
  return assertThrows(() => codec.decode(encodeText(stored)), CodecRefusal);
}

test("text comes back as it was put, with a byte-order mark and beyond the basic plane", () => {
  for (const value of ["", "plain", "\ufeffmarked", "\u{1f600}", "\0"]) {
    assertEquals(utf8Codec.decode(utf8Codec.encode(value)), value);
  }
});

test("text refuses what UTF-8 cannot carry, in both directions", () => {
  assertThrows(() => utf8Codec.encode("\ud800"), TypeError, "surrogate");
  assertThrows(() => utf8Codec.encode(7 as unknown as string), TypeError, "got number");
  assertEquals(assertThrows(() => utf8Codec.decode(notUtf8), CodecRefusal).issues, [
    { message: "not UTF-8", path: [] },
  ]);
});

test("bytes are copied in both directions", () => {
  const mine = new Uint8Array([1, 2]);
  const encoded = bytesCodec.encode(mine);
  const decoded = bytesCodec.decode(mine);
  mine[0] = 9;
  assertEquals([...encoded, ...decoded], [1, 2, 1, 2]);
  assertThrows(() => bytesCodec.encode("text" as unknown as Uint8Array), TypeError, "got string");
});

test("JSON carries what JSON can carry and refuses the rest before it is sent", () => {
  const codec = jsonCodec<unknown>();
  for (const value of [null, 0, "x", [1, { a: true }], { __proto__: null, a: "\ud800" }]) {
    assertEquals(JSON.stringify(codec.decode(codec.encode(value))), JSON.stringify(value));
  }
  for (const value of [undefined, () => 1, Symbol("s"), 1n]) {
    assertThrows(() => codec.encode(value), TypeError);
  }
});

test("what is not JSON is refused without being quoted", () => {
  const { message, issues } = refusal(jsonCodec(), "canary-7f3a");
  assertEquals(issues, [{ message: "not JSON", path: [] }]);
  assert(!message.includes("canary"));
  assertThrows(() => jsonCodec().decode(notUtf8), CodecRefusal, "not UTF-8");
});

test("what is no codec and no schema is refused at once", () => {
  for (const none of [null, 5, {}, { encode() {} }, "json"]) {
    assertThrows(() => checkedCodec(none as unknown as Codec<unknown>), TypeError, "encode() and decode()");
    const asSchema = none as unknown as StandardSchema<unknown>;
    assertThrows(() => jsonCodec(asSchema), TypeError, "Standard Schema");
  }
});

test("a schema's value is the one that is read", () => {
  const codec = jsonCodec(schema<Date>((value) => ({ value: new Date(String(value)) })));
  assertEquals(codec.decode(encodeText('"2026-01-01"')).getUTCFullYear(), 2026);
});

test("a schema's issues come with their paths", () => {
  const codec = jsonCodec(schema<never>(() => ({
    issues: [
      { message: "expected a number", path: ["servers", 0, { key: "port" }] },
      { message: "missing" },
    ],
  })));
  assertEquals(refusal(codec, '{"servers":[{"port":"none"}]}').issues, [
    { message: "expected a number", path: ["servers", "0", "port"] },
    { message: "missing", path: [] },
  ]);
});

test("a schema's message that quotes the value is replaced", () => {
  const quoting: [value: unknown, message: string][] = [
    ["canary-7f3a-long", 'Expected number but received "canary-7f3a-long"'],
    ["canary-7f3a-long", "must be a number (was canary-7f…)"],
    [{ pin: 42 }, "pin 42 is too short"],
    [{ pin: [1.25] }, "1.25 is no integer"],
    ['quo"te', String.raw`received "quo\"te"`],
    ["ab", 'received "ab"'],
    ["-", "received - where a word was expected"],
  ];
  for (const [value, message] of quoting) {
    const codec = jsonCodec(schema<never>(() => ({ issues: [{ message, path: ["p"] }] })));
    assertEquals(refusal(codec, JSON.stringify(value)).issues, [
      { message: "the schema refused it", path: ["p"] },
    ]);
  }
});

test("a schema's message that only resembles a short value is kept", () => {
  const message = "expected between 10 and 15 letters";
  const codec = jsonCodec(schema<never>(() => ({ issues: [{ message }] })));
  assertEquals(refusal(codec, '["1", "let", "", 5]').issues[0].message, message);
});

test("an asynchronous schema is misuse, and its promise is nobody's unhandled rejection", () => {
  const codec = jsonCodec(schema<never>(() => Promise.reject(new Error("late"))));
  const error = assertThrows(() => codec.decode(encodeText("1")), TypeError, "asynchronous schema");
  assert(!(error instanceof CodecRefusal));
});
