import { assertEquals } from "@std/assert";
import { errorCodeName } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import { ascii, concat, hex } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, requested } from "./peer.ts";

const { frame, headers, data, ok, OK_HEADERS } = frames;
const END = frames.END_HEADERS | frames.END_STREAM;

/** What ends one stream, with which code; RFC 9113 §5, §6 and §8. Stream 1 waits for its response. */
const CASES: readonly (readonly [what: string, sent: Uint8Array, code: string])[] = [
  ["DATA before HEADERS", data(1, ascii("x")), "PROTOCOL_ERROR"],
  ["a second header section without END_STREAM", concat(ok(1), ok(1)), "PROTOCOL_ERROR"],
  ["more DATA than the stream's window", concat(ok(1), data(1, ascii("12345678901"))), "FLOW_CONTROL_ERROR"],
  [
    "padding beyond the stream's window",
    concat(ok(1), data(1, hex("0a" + "00".repeat(10)), 8)),
    "FLOW_CONTROL_ERROR",
  ],
  ["WINDOW_UPDATE of 0", frames.windowUpdate(1, 0), "PROTOCOL_ERROR"],
  ["a stream window above 2^31-1", frames.windowUpdate(1, 2 ** 31 - 1), "FLOW_CONTROL_ERROR"],
  ["PRIORITY of 4 bytes", frame(2, 0, 1, hex("00000000")), "FRAME_SIZE_ERROR"],
  // §8.1: malformed messages
  ["a header section without :status", headers(1, { "content-type": "a" }), "PROTOCOL_ERROR"],
  ["an empty header section", headers(1, {}), "PROTOCOL_ERROR"],
  ["a :status that is no number", headers(1, { ":status": "2xx" }), "PROTOCOL_ERROR"],
  ["a :status of two digits", headers(1, { ":status": "20" }), "PROTOCOL_ERROR"],
  ["status 101", headers(1, { ":status": "101" }), "PROTOCOL_ERROR"],
  ["a 1xx section with END_STREAM", headers(1, { ":status": "103" }, END), "PROTOCOL_ERROR"],
  [
    "a 1xx section behind the header section",
    concat(ok(1), headers(1, { ":status": "103" })),
    "PROTOCOL_ERROR",
  ],
  ["trailers in place of the header section", frames.trailers(1), "PROTOCOL_ERROR"],
  [
    "DATA behind a 1xx section",
    concat(headers(1, { ":status": "100" }), data(1, ascii("x"))),
    "PROTOCOL_ERROR",
  ],
  ["a pseudo-header field behind a field", headers(1, { a: "b", ":status": "200" }), "PROTOCOL_ERROR"],
  ["an unknown pseudo-header field", headers(1, { ":status": "200", ":x": "y" }), "PROTOCOL_ERROR"],
  ["a pseudo-header field of requests", headers(1, { ":status": "200", ":path": "/" }), "PROTOCOL_ERROR"],
  [
    "two :status fields",
    frame(1, 4, 1, concat(frames.block({ ":status": "200" }), frames.block({ ":status": "200" }))),
    "PROTOCOL_ERROR",
  ],
  [
    "a pseudo-header field in trailers",
    concat(ok(1), headers(1, { ":status": "200" }, END)),
    "PROTOCOL_ERROR",
  ],
  ["a field name with a capital", headers(1, { ":status": "200", "X-a": "b" }), "PROTOCOL_ERROR"],
  ["a field name with a space", headers(1, { ":status": "200", "x a": "b" }), "PROTOCOL_ERROR"],
  ["an empty field name", headers(1, { ":status": "200", "": "b" }), "PROTOCOL_ERROR"],
  ["a capital in trailers", concat(ok(1), headers(1, { "Grpc-Status": "0" }, END)), "PROTOCOL_ERROR"],
  ["a field value with a line feed", headers(1, { ":status": "200", a: "b\nc" }), "PROTOCOL_ERROR"],
  ["a field value with a zero", headers(1, { ":status": "200", a: "b\0c" }), "PROTOCOL_ERROR"],
  ["a connection field", headers(1, { ":status": "200", connection: "close" }), "PROTOCOL_ERROR"],
  ["transfer-encoding", headers(1, { ":status": "200", "transfer-encoding": "chunked" }), "PROTOCOL_ERROR"],
  [
    "a content-length that is no number",
    headers(1, { ":status": "200", "content-length": "+1" }),
    "PROTOCOL_ERROR",
  ],
  [
    "two content-lengths",
    frame(
      1,
      4,
      1,
      concat(frames.block({ ...OK_HEADERS, "content-length": "1" }), frames.block({ "content-length": "2" })),
    ),
    "PROTOCOL_ERROR",
  ],
  [
    "more content than content-length",
    concat(headers(1, { ...OK_HEADERS, "content-length": "2" }), data(1, ascii("abc"))),
    "PROTOCOL_ERROR",
  ],
  [
    "less content than content-length, ended by DATA",
    concat(headers(1, { ...OK_HEADERS, "content-length": "4" }), data(1, ascii("abc"), 1)),
    "PROTOCOL_ERROR",
  ],
  [
    "less content than content-length, ended by trailers",
    concat(headers(1, { ...OK_HEADERS, "content-length": "4" }), frames.trailers(1)),
    "PROTOCOL_ERROR",
  ],
  [
    "less content than content-length, ended by headers",
    headers(1, { ...OK_HEADERS, "content-length": "4" }, END),
    "PROTOCOL_ERROR",
  ],
  // limits.ts
  [
    "a header list of more than 16 KiB",
    headers(1, { ...OK_HEADERS, a: "b".repeat(16_300) }),
    "ENHANCE_YOUR_CALM",
  ],
  ["a header list of 129 fields", frame(1, 4, 1, concat(...Array(129).fill(hex("88")))), "ENHANCE_YOUR_CALM"],
];

for (const [what, sent, code] of CASES) {
  test(`${what} ends the stream with ${code}, and nothing but the stream`, async () => {
    await using peer = await connect({ initialStreamWindow: 10 });
    const broken = await requested(peer);
    const whole = await requested(peer);
    peer.send(sent);
    assertEquals(errorCodeName(await peer.expectReset(1)), code);
    assertEquals(await broken.over, `reset by us: ${broken.reset!.code}, executed: unknown`);
    assertEquals(errorCodeName(broken.reset!.code), code);
    peer.send(ok(3), data(3, ascii("fine")), frames.trailers(3));
    assertEquals(await whole.over, "end");
    assertEquals(whole.content, "fine");
    assertEquals(peer.connection.streams, 0);
  });
}

test("frames after the server's half is closed end the stream with STREAM_CLOSED", async () => {
  for (const late of [data(1, ascii("x")), frames.trailers(1)]) {
    await using peer = await connect();
    const recorder = await requested(peer, false);
    peer.send(ok(1), frames.trailers(1));
    assertEquals(await recorder.over, "end");
    assertEquals(recorder.stream.state, "half-closed (remote)");
    peer.send(late);
    assertEquals(errorCodeName(await peer.expectReset(1)), "STREAM_CLOSED");
  }
});
