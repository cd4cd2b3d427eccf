import { assertEquals, assertThrows } from "@std/assert";
import { ByteWriter } from "../../src/transport/http2/byte_writer.ts";
import { ConnectionError, StreamError } from "../../src/transport/http2/errors.ts";
import { HpackDecoder } from "../../src/transport/http2/hpack/decoder.ts";
import { HpackEncoder } from "../../src/transport/http2/hpack/encoder.ts";
import { HeaderBlock } from "../../src/transport/http2/hpack/header_block.ts";
import type { HeaderList } from "../../src/transport/http2/hpack/header_field.ts";
import { decodeHuffman } from "../../src/transport/http2/hpack/huffman_decode.ts";
import { encodeHuffman, huffmanLength } from "../../src/transport/http2/hpack/huffman_encode.ts";
import { decodeInteger, encodeInteger } from "../../src/transport/http2/hpack/integer.ts";
import { test } from "../harness.ts";
import { concat, hex, toHex } from "./bytes.ts";
import { block } from "./frames.ts";
import { generator, newSeed } from "./random.ts";

/** RFC 7541 Appendix C: the fields of the three requests and responses that C.3 to C.6 encode. */
const REQUESTS: readonly HeaderList[] = [
  fields([":method", "GET"], [":scheme", "http"], [":path", "/"], [":authority", "www.example.com"]),
  fields(
    [":method", "GET"],
    [":scheme", "http"],
    [":path", "/"],
    [":authority", "www.example.com"],
    ["cache-control", "no-cache"],
  ),
  fields(
    [":method", "GET"],
    [":scheme", "https"],
    [":path", "/index.html"],
    [":authority", "www.example.com"],
    ["custom-key", "custom-value"],
  ),
];
const RESPONSES: readonly HeaderList[] = [
  fields(
    [":status", "302"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ),
  fields(
    [":status", "307"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:21 GMT"],
    ["location", "https://www.example.com"],
  ),
  fields(
    [":status", "200"],
    ["cache-control", "private"],
    ["date", "Mon, 21 Oct 2013 20:13:22 GMT"],
    ["location", "https://www.example.com"],
    ["content-encoding", "gzip"],
    ["set-cookie", "foo=ASDJKHQKBZXOQWEOPIUAXQWEOIU; max-age=3600; version=1"],
  ),
];
const C3 = [
  "828684410f7777772e6578616d706c652e636f6d",
  "828684be58086e6f2d6361636865",
  "828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
];
const C4 = [
  "828684418cf1e3c2e5f23a6ba0ab90f4ff",
  "828684be5886a8eb10649cbf",
  "828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf",
];
const C5 = [
  "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470733a" +
  "2f2f7777772e6578616d706c652e636f6d",
  "4803333037c1c0bf",
  "88c1611d4d6f6e2c203231204f637420323031332032303a31333a323220474d54c05a04677a69707738666f6f3d4153444a4b4851" +
  "4b425a584f5157454f50495541585157454f49553b206d61782d6167653d333630303b2076657273696f6e3d31",
];
const C6 = [
  "488264025885aec3771a4b6196d07abe941054d444a8200595040b8166e082a62d1bff6e919d29ad171863c78f0b97c8e9ae82ae43" +
  "d3",
  "4883640effc1c0bf",
  "88c16196d07abe941054d444a8200595040b8166e084a62d1bffc05a839bd9ab77ad94e7821dd7f2e6c7b335dfdfcd5b3960d5af27" +
  "087f3672c1ab270fb5291f9587316065c003ed4ee5b1063d5007",
];
/** C.5 and C.6 have a table of 256 bytes, which a size update at the start brings about. */
const SIZE_256 = "3fe101";

function fields(...entries: readonly (readonly [string, string])[]): HeaderList {
  return entries.map(([name, value]) => ({ name, value }));
}

function decodeAll(blocks: readonly string[]): HeaderList[] {
  const decoder = new HpackDecoder();
  return blocks.map((block) => decode(block, decoder));
}

function decode(block: string | Uint8Array, decoder = new HpackDecoder()): HeaderList {
  const bytes = typeof block === "string" ? hex(block) : block;
  return decoder.decode(bytes, 0, bytes.length).map(({ name, value }) => ({ name, value }));
}

function encodeAll(lists: readonly HeaderList[], tableSize?: number): string[] {
  const encoder = new HpackEncoder();
  if (tableSize !== undefined) encoder.setMaxTableSize(tableSize);
  return lists.map((list) => toHex(encoder.encode(new HeaderBlock(list))));
}

function failsToDecode(block: string, message: string): void {
  const error = assertThrows(() => decode(block), ConnectionError, message);
  assertEquals(error.code, 0x9);
}

test("integers are as in RFC 7541 C.1", () => {
  for (const [value, prefix, encoded] of [[10, 5, "0a"], [1337, 5, "1f9a0a"], [42, 8, "2a"]] as const) {
    const out = new ByteWriter(1);
    encodeInteger(out, value, prefix, 0);
    assertEquals(toHex(out.bytes.subarray(0, out.length)), encoded);
    const bytes = hex(encoded);
    assertEquals(decodeInteger({ bytes, at: 0, end: bytes.length }, prefix), value);
  }
});

test("every representation of RFC 7541 C.2 is decoded", () => {
  assertEquals(
    decode("400a637573746f6d2d6b65790d637573746f6d2d686561646572"),
    fields(["custom-key", "custom-header"]),
  );
  assertEquals(decode("040c2f73616d706c652f70617468"), fields([":path", "/sample/path"]));
  assertEquals(decode("100870617373776f726406736563726574"), fields(["password", "secret"]));
  assertEquals(decode("82"), fields([":method", "GET"]));
});

test("the requests of RFC 7541 C.3 and C.4 are decoded", () => {
  assertEquals(decodeAll(C3), REQUESTS);
  assertEquals(decodeAll(C4), REQUESTS);
});

test("the responses of RFC 7541 C.5 and C.6, with evictions, are decoded", () => {
  for (const blocks of [C5, C6]) {
    assertEquals(decodeAll([SIZE_256 + blocks[0], ...blocks.slice(1)]), RESPONSES);
  }
});

test("requests and responses are encoded as in RFC 7541 C.4 and C.6", () => {
  assertEquals(encodeAll(REQUESTS), C4);
  // C.6 has "307" in Huffman code although that is not shorter.
  assertEquals(encodeAll(RESPONSES, 256), [SIZE_256 + C6[0], C5[1], C6[2]]);
});

test("every octet survives the Huffman code", () => {
  const text = String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
  const out = new ByteWriter(1);
  encodeHuffman(out, text);
  assertEquals(out.length, huffmanLength(text));
  assertEquals([...decodeHuffman(out.bytes, 0, out.length)], Array.from(text, (c) => c.charCodeAt(0)));
});

test("the Huffman code of RFC 7541 Appendix B is that of its first and last symbols", () => {
  const code = (octet: number) => {
    const out = new ByteWriter(1);
    encodeHuffman(out, String.fromCharCode(octet));
    return toHex(out.bytes.subarray(0, out.length));
  };
  // 13 bits 1ff8, 30 bits 3ffffffc, 5 bits 0, 26 bits 3ffffee, each padded with ones.
  assertEquals([code(0), code(10), code(48), code(255)], ["ffc7", "fffffff3", "07", "fffffbbf"]);
});

test("a block that was sent before is copied while the table stays as it was", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const often = new HeaderBlock(fields([":path", "/often"], ["token", "secret"]));
  const other = new HeaderBlock(fields([":path", "/other"]));
  for (const block of [often, often, often, other, often, often, other]) {
    assertEquals(decode(encoder.encode(block), decoder), block.fields);
  }
  assertEquals(encoder.encode(often), encoder.encode(often));
  assertEquals(encoder.encode(often).length, 2);
});

test("a field can be kept out of the table, and out of every table", () => {
  const encoder = new HpackEncoder();
  const block = new HeaderBlock([
    { name: "a", value: "b", indexing: "without" },
    { name: "c", value: "d", indexing: "never" },
  ]);
  for (let i = 0; i < 3; i++) {
    assertEquals(toHex(encoder.encode(block)), "000161" + "0162" + "100163" + "0164");
  }
});

test("a field larger than the table does not empty it", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const small = new HeaderBlock(fields(["small", "value"]));
  const large = new HeaderBlock(fields(["large", "v".repeat(5_000)]));
  for (const block of [small, large, small]) {
    assertEquals(decode(encoder.encode(block), decoder), block.fields);
  }
  assertEquals(encoder.encode(small).length, 1);
});

test("a table that the peer makes smaller, then larger, is announced with both sizes", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const block = new HeaderBlock(fields(["name", "value"]));
  decode(encoder.encode(block), decoder);
  encoder.setMaxTableSize(0);
  encoder.setMaxTableSize(1_024);
  const bytes = encoder.encode(block);
  assertEquals(toHex(bytes.subarray(0, 4)), "203fe107");
  assertEquals(decode(bytes, decoder), block.fields);
  assertEquals(decode(encoder.encode(block), decoder), block.fields);
});

test("a larger table than ours is not used and a table of no bytes is", () => {
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  const block = new HeaderBlock(fields(["name", "value"]));
  encoder.setMaxTableSize(65_536);
  assertEquals(encoder.encode(block)[0], 0x40);
  encoder.setMaxTableSize(0);
  for (let i = 0; i < 3; i++) assertEquals(decode(encoder.encode(block), decoder), block.fields);
  assertEquals(encoder.encode(block)[0], 0x00);
});

test("random lists in random table sizes come back as they were", () => {
  const seed = newSeed();
  const random = generator(seed);
  const encoder = new HpackEncoder();
  const decoder = new HpackDecoder();
  for (let round = 0; round < 500; round++) {
    if (random(10) === 0) encoder.setMaxTableSize(random(5_000));
    const list = Array.from({ length: random(8) }, () => ({
      name: `n${random(20)}`,
      value: String.fromCharCode(...Array.from({ length: random(60) }, () => random(256))),
      indexing: (["incremental", "without", "never"] as const)[random(3)],
    }));
    const plain = list.map(({ name, value }) => ({ name, value }));
    const block = new HeaderBlock(list);
    for (let i = 0; i < 3; i++) {
      assertEquals(decode(encoder.encode(block), decoder), plain, `seed ${seed}, round ${round}`);
    }
  }
});

test("malformed blocks are compression errors", () => {
  failsToDecode("80", "index 0");
  failsToDecode("be", "index 62");
  failsToDecode("ff808001", "index");
  failsToDecode("7f0000", "index 63");
  failsToDecode("ffffffffff7f", "too large");
  failsToDecode("ff80808080", "too large");
  failsToDecode("ff", "cut off");
  failsToDecode("40", "cut off");
  failsToDecode("4005616263", "cut off");
  failsToDecode("40016102", "cut off");
  failsToDecode("3fe21f", "table size 4097");
  failsToDecode("8220", "table size update behind a field");
});

test("malformed Huffman strings are compression errors", () => {
  // RFC 7541 §5.2: EOS itself; padding of zeros; padding of a whole byte; a code that is cut off.
  failsToDecode("4084ffffffff0161", "end-of-string");
  failsToDecode("408106" + "0161", "padding");
  failsToDecode("408207ff" + "0161", "padding");
  failsToDecode("4081fe" + "0161", "padding");
});

test("two changes of the table's size may come first", () => {
  assertEquals(decode("203fe11f82"), fields([":method", "GET"]));
});

test("a list over a limit is refused and the table is as it should be", () => {
  const decoder = new HpackDecoder();
  const entry = "40" + "03" + "626967" + "7fe107" + "61".repeat(1_120);
  for (const bomb of [entry + "be".repeat(20), entry + "82".repeat(129)]) {
    const error = assertThrows(() => decode(bomb, decoder), StreamError);
    assertEquals(error.code, 0xb);
    assertEquals(decode("be", decoder), fields(["big", "a".repeat(1_120)]));
  }
  const most = decode("82".repeat(128), decoder);
  assertEquals(most.length, 128);
});

test("the same block is the same object until the table changes", () => {
  const decoder = new HpackDecoder();
  const first = decoder.decode(hex("4001610162"), 0, 5);
  const second = decoder.decode(hex("be"), 0, 1);
  assertEquals(decoder.decode(hex("be"), 0, 1) === second, true);
  assertEquals(second, first);
  decoder.decode(hex("4001630164"), 0, 5);
  assertEquals(decode("bebf", decoder), fields(["c", "d"], ["a", "b"]));
  assertEquals(decode("be", decoder), fields(["c", "d"]));
});

test("literals of names and values in all lengths are decoded", () => {
  for (const length of [0, 1, 126, 127, 128, 254, 255, 256, 10_000]) {
    const value = "x".repeat(length);
    assertEquals(decode(concat(block({ name: value }))), fields(["name", value]));
  }
});
