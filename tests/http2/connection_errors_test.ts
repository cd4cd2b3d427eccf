import { assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionError, errorCodeName } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import { concat, hex, uint32 } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, requested } from "./peer.ts";

const empty = new Uint8Array();
const { frame } = frames;
const okBlock = frames.block(frames.OK_HEADERS);

/**
 * What ends the whole connection, with which code, RFC 9113 §4 to §6; the client cases of h2spec among them.
 * Stream 1 is open, its request ended; stream 3 was answered in full; stream 5 was reset by the server.
 */
const CASES: readonly (readonly [what: string, sent: Uint8Array, code: string])[] = [
  // §4.2, §4.3
  ["a frame above SETTINGS_MAX_FRAME_SIZE", hex("004001 00 00 00000001"), "FRAME_SIZE_ERROR"],
  ["a huge frame of an unknown type", hex("ffffff fe 00 00000001"), "FRAME_SIZE_ERROR"],
  ["a malformed header block", frame(1, 4, 1, hex("80")), "COMPRESSION_ERROR"],
  ["a header block cut off", frame(1, 4, 1, hex("4005")), "COMPRESSION_ERROR"],
  [
    "another frame inside a header block",
    concat(frame(1, 0, 1, okBlock), frames.ping()),
    "PROTOCOL_ERROR",
  ],
  [
    "HEADERS inside a header block",
    concat(frame(1, 0, 1, okBlock), frame(1, 4, 1, okBlock)),
    "PROTOCOL_ERROR",
  ],
  [
    "CONTINUATION of another stream",
    concat(frame(1, 0, 1, okBlock), frame(9, 4, 3, okBlock)),
    "PROTOCOL_ERROR",
  ],
  [
    "an unknown frame inside a header block",
    concat(frame(1, 0, 1, okBlock), frame(0x16, 0, 1)),
    "PROTOCOL_ERROR",
  ],
  // §5.1: idle and closed streams
  ["DATA on an idle stream", frames.data(7, empty), "PROTOCOL_ERROR"],
  ["HEADERS on an idle stream", frames.ok(7), "PROTOCOL_ERROR"],
  ["RST_STREAM on an idle stream", frames.rstStream(7, 0), "PROTOCOL_ERROR"],
  ["WINDOW_UPDATE on an idle stream", frames.windowUpdate(7, 1), "PROTOCOL_ERROR"],
  ["HEADERS on a stream of the server's", frames.ok(2), "PROTOCOL_ERROR"],
  ["DATA on a stream of the server's", frames.data(2, empty), "PROTOCOL_ERROR"],
  ["DATA after END_STREAM", frames.data(3, empty), "STREAM_CLOSED"],
  ["HEADERS after END_STREAM", frames.trailers(3), "STREAM_CLOSED"],
  ["DATA after RST_STREAM", frames.data(5, empty), "STREAM_CLOSED"],
  ["HEADERS after RST_STREAM", frames.trailers(5), "STREAM_CLOSED"],
  // §6.1 DATA, §6.2 HEADERS
  ["DATA on the connection", frames.data(0, empty), "PROTOCOL_ERROR"],
  ["DATA with padding as long as itself", frame(0, 8, 1, hex("03 61 00")), "PROTOCOL_ERROR"],
  ["padded DATA without a byte", frame(0, 8, 1), "FRAME_SIZE_ERROR"],
  ["HEADERS on the connection", frames.ok(0), "PROTOCOL_ERROR"],
  ["HEADERS with padding as long as itself", frame(1, 12, 1, hex("02 88")), "PROTOCOL_ERROR"],
  ["padded HEADERS without a byte", frame(1, 12, 1), "FRAME_SIZE_ERROR"],
  ["HEADERS with priority cut off", frame(1, 36, 1, hex("00000000")), "FRAME_SIZE_ERROR"],
  // §6.3 PRIORITY, §6.4 RST_STREAM
  ["PRIORITY on the connection", frame(2, 0, 0, hex("0000000010")), "PROTOCOL_ERROR"],
  ["RST_STREAM on the connection", frames.rstStream(0, 0), "PROTOCOL_ERROR"],
  ["RST_STREAM of 3 bytes", frame(3, 0, 1, hex("000000")), "FRAME_SIZE_ERROR"],
  // §6.5 SETTINGS
  ["SETTINGS on a stream", frame(4, 0, 1), "PROTOCOL_ERROR"],
  ["SETTINGS of 3 bytes", frame(4, 0, 0, hex("000300")), "FRAME_SIZE_ERROR"],
  ["SETTINGS ACK with a payload", frame(4, 1, 0, hex("000300000064")), "FRAME_SIZE_ERROR"],
  ["SETTINGS_ENABLE_PUSH 1", frames.settings([2, 1]), "PROTOCOL_ERROR"],
  ["SETTINGS_ENABLE_PUSH 2", frames.settings([2, 2]), "PROTOCOL_ERROR"],
  ["SETTINGS_INITIAL_WINDOW_SIZE 2^31", frames.settings([4, 2 ** 31]), "FLOW_CONTROL_ERROR"],
  ["SETTINGS_MAX_FRAME_SIZE 16383", frames.settings([5, 16_383]), "PROTOCOL_ERROR"],
  ["SETTINGS_MAX_FRAME_SIZE 2^24", frames.settings([5, 2 ** 24]), "PROTOCOL_ERROR"],
  ["33 settings", frames.settings(...Array(33).fill([0xff, 0])), "ENHANCE_YOUR_CALM"],
  // §6.6 PUSH_PROMISE
  ["PUSH_PROMISE", frame(5, 4, 1, concat(uint32(2), okBlock)), "PROTOCOL_ERROR"],
  // §6.7 PING, §6.8 GOAWAY
  ["PING on a stream", frame(6, 0, 1, hex("0000000000000000")), "PROTOCOL_ERROR"],
  ["PING of 6 bytes", frame(6, 0, 0, hex("000000000000")), "FRAME_SIZE_ERROR"],
  ["GOAWAY on a stream", frame(7, 0, 1, hex("0000000000000000")), "PROTOCOL_ERROR"],
  ["GOAWAY of 7 bytes", frame(7, 0, 0, hex("00000000000000")), "FRAME_SIZE_ERROR"],
  ["GOAWAY above the one before", concat(frames.goAway(1, 0), frames.goAway(3, 0)), "PROTOCOL_ERROR"],
  // §6.9 WINDOW_UPDATE
  ["WINDOW_UPDATE of 0 on the connection", frames.windowUpdate(0, 0), "PROTOCOL_ERROR"],
  ["WINDOW_UPDATE of 3 bytes", frame(8, 0, 0, hex("000001")), "FRAME_SIZE_ERROR"],
  [
    "a connection window above 2^31-1",
    concat(frames.windowUpdate(0, 2 ** 31 - 1), frames.windowUpdate(0, 2 ** 31 - 1)),
    "FLOW_CONTROL_ERROR",
  ],
  [
    "a stream window above 2^31-1 by SETTINGS",
    concat(frames.windowUpdate(1, 2 ** 31 - 1 - 65_535), frames.settings([4, 65_536])),
    "FLOW_CONTROL_ERROR",
  ],
  // §6.10 CONTINUATION
  ["CONTINUATION without HEADERS", frame(9, 4, 1, okBlock), "PROTOCOL_ERROR"],
  ["CONTINUATION after END_HEADERS", concat(frames.ok(1), frame(9, 4, 1, okBlock)), "PROTOCOL_ERROR"],
  ["CONTINUATION on the connection", frame(9, 4, 0, okBlock), "PROTOCOL_ERROR"],
];

for (const [what, sent, code] of CASES) {
  test(`${what} ends the connection with ${code}`, async () => {
    const ends: (Error | null)[] = [];
    await using peer = await connect({ onClosed: (error) => ends.push(error) });
    const open = await requested(peer);
    const answered = await requested(peer);
    peer.send(frames.ok(3), frames.trailers(3));
    await answered.over;
    const reset = await requested(peer);
    peer.send(frames.rstStream(5, 8));
    await reset.over;

    peer.send(sent);
    assertEquals(errorCodeName(await peer.expectGoAway()), code);
    assertInstanceOf(ends[0], ConnectionError);
    assertEquals(errorCodeName(ends[0].code), code);
    assertEquals(open.reset?.executed, "unknown");
    assertEquals(ends.length, 1);
  });
}
