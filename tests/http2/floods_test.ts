import { assertEquals } from "@std/assert";
import { errorCodeName } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import { ascii, concat, hex, many } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, type Peer, request, requested } from "./peer.ts";

const { data, frame, goAway, headers, ok, ping, settings } = frames;

/** Stream 1 is open; stream 3 was cancelled by the client. */
async function underAttack(): Promise<Peer> {
  const peer = await connect({ initialStreamWindow: 1_000 });
  request(peer);
  const { stream } = request(peer);
  await peer.expectHeaders();
  await peer.expectHeaders();
  stream.cancel();
  assertEquals(await peer.expectReset(3), 8);
  return peer;
}

const okBlock = frames.block(frames.OK_HEADERS);
const continuation = frame(frames.CONTINUATION, 0, 1, okBlock.subarray(0, 1));

const LONG = "b".repeat(16_000);
const ONE_BYTE = data(1, new Uint8Array(1));

/** What a hostile server may send without end; some variants keep below one limit to hit another. */
const FLOODS: readonly (readonly [what: string, sent: Uint8Array])[] = [
  ["PING whose answers pile up", many(1_001, ping())],
  ["SETTINGS whose answers pile up", many(1_001, settings([3, 100]))],
  ["PING ACK", many(10_001, ping(frames.ACK))],
  ["SETTINGS ACK", many(10_001, frames.settingsAck)],
  ["PRIORITY", many(10_001, frame(frames.PRIORITY, 0, 1, hex("0000000110")))],
  ["frames of unknown type", many(10_001, frame(0xfe, 0, 1))],
  ["WINDOW_UPDATE on the connection", many(10_001, frames.windowUpdate(0, 1))],
  ["WINDOW_UPDATE on a stream", many(10_001, frames.windowUpdate(1, 1))],
  ["RST_STREAM on a closed stream", many(10_001, frames.rstStream(3, 8))],
  ["GOAWAY", many(10_001, goAway(1, 0))],
  ["1xx header sections", many(10_001, headers(1, { ":status": "103" }))],
  ["1xx header sections of 16 KB", many(640, headers(1, { ":status": "103", a: LONG }))],
  [
    "PING ACK between DATA of one byte",
    concat(ok(1), many(1_700, concat(ONE_BYTE, many(14, ping(frames.ACK))))),
  ],
  ["empty DATA", concat(ok(1), many(101, data(1, new Uint8Array())))],
  ["DATA of padding alone", concat(ok(1), many(101, data(1, hex("00"), frames.PADDED)))],
  ["empty DATA on a cancelled stream", many(101, data(3, new Uint8Array()))],
  ["DATA beyond the window of a cancelled stream", many(1_003, data(3, new Uint8Array(600)))],
  ["header sections on a cancelled stream", many(1_003, ok(3))],
  ["header sections of 16 KB on a cancelled stream", many(70, headers(3, { a: LONG }))],
  ["CONTINUATION", concat(frame(frames.HEADERS, 0, 1), many(9, continuation))],
  [
    "CONTINUATION of large frames",
    concat(
      frame(frames.HEADERS, 0, 1, new Uint8Array(16_384)),
      many(4, frame(frames.CONTINUATION, 0, 1, new Uint8Array(16_384))),
    ),
  ],
];

for (const [what, sent] of FLOODS) {
  test(`a flood of ${what} ends the connection with ENHANCE_YOUR_CALM`, async () => {
    await using peer = await underAttack();
    peer.send(sent);
    assertEquals(errorCodeName(await peer.expectGoAway()), "ENHANCE_YOUR_CALM");
  });
}

test("what a cancelled stream may still get is no flood", async () => {
  await using peer = await connect({ initialStreamWindow: 1_000 });
  for (let i = 0; i < 1_500; i++) {
    const { stream } = request(peer);
    const { id } = stream;
    await peer.expectHeaders();
    stream.cancel();
    assertEquals(await peer.expectReset(id), 8);
    peer.send(ok(id), data(id, new Uint8Array(500)), data(id, new Uint8Array(500)), frames.trailers(id));
  }
  const recorder = await requested(peer);
  peer.send(ok(recorder.stream.id), frames.trailers(recorder.stream.id));
  assertEquals(await recorder.over, "end");
});

test("late frames of a stream that was cancelled long ago do no harm", async () => {
  await using peer = await connect();
  for (let i = 0; i < 1_200; i++) {
    const { stream } = request(peer);
    await peer.expectHeaders();
    stream.cancel();
    await peer.expectReset(stream.id);
  }
  peer.send(ok(1), data(1, ascii("late")), frames.trailers(1), ok(2_399), frames.trailers(2_399));
  const recorder = await requested(peer);
  peer.send(ok(recorder.stream.id), frames.trailers(recorder.stream.id));
  assertEquals(await recorder.over, "end");
});

/** Cancels so many streams before the peer has read of it; the first is stream 1. */
async function cancelled(peer: Peer, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    const { stream } = request(peer);
    await peer.expectHeaders();
    stream.cancel();
    await peer.expectReset(stream.id);
  }
}

test("what thousands of cancelled streams may still get is no flood", async () => {
  await using peer = await connect();
  await cancelled(peer, 4_000);
  for (let id = 1; id < 8_000; id += 2) {
    peer.send(ok(id), data(id, new Uint8Array(500)), data(id, new Uint8Array(500)), frames.trailers(id));
  }
  const recorder = await requested(peer);
  peer.send(ok(recorder.stream.id), frames.trailers(recorder.stream.id));
  assertEquals(await recorder.over, "end");
});

for (
  const [what, most, one] of [
    // Two for each of the 2,000 that are forgotten, and the bad ones that any connection may see.
    ["header sections", 2 * 2_000 + 1_000, ok(1)],
    // A window for each; a frame counts as 512 bytes at least.
    ["DATA of one byte", Math.floor(2_000 * 10_240 / 512) + 1_000, data(1, new Uint8Array(1))],
  ] as const
) {
  test(`${what} on forgotten streams are a flood beyond what they all may still get`, async () => {
    await using peer = await connect({ initialStreamWindow: 10_240 });
    await cancelled(peer, 3_000);
    peer.send(many(most, one));
    await peer.settled();
    peer.send(one);
    assertEquals(errorCodeName(await peer.expectGoAway()), "ENHANCE_YOUR_CALM");
  });
}

test("control frames that come with content are no flood", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  peer.send(ok(1), many(5_000, concat(ONE_BYTE, many(8, ping(frames.ACK)))), frames.trailers(1));
  assertEquals([await recorder.over, recorder.received], ["end", 5_000]);
});

test("answers without content that end in good order are no flood, however many", async () => {
  await using peer = await connect();
  for (let i = 0; i < 500; i++) {
    const recorder = await requested(peer);
    const { id } = recorder.stream;
    const empty = data(id, new Uint8Array());
    peer.send(ok(id), empty, frames.trailers(id));
    assertEquals(await recorder.over, "end");
  }
});

test("a server that makes frames of one byte of an upload is left", async () => {
  await using peer = await connect({}, [[4, 0]]);
  const { stream } = await requested(peer, false);
  stream.write(new Uint8Array(100_000), true);
  peer.send(many(10_001, frames.windowUpdate(1, 1)));
  assertEquals(errorCodeName(await peer.expectGoAway()), "ENHANCE_YOUR_CALM");
});

test("a server may ping slowly for ever", async () => {
  await using peer = await connect();
  for (let i = 0; i < 2_000; i++) await peer.settled();
  assertEquals(peer.connection.state, "open");
});

test("an HPACK bomb costs the stream alone", async () => {
  await using peer = await underAttack();
  // One entry of 4,000 bytes, then 16,000 references to it: 64 MB if each were copied.
  const entry = concat(hex("40"), frames.literal("x"), frames.literal("y".repeat(4_000)));
  peer.send(frame(frames.HEADERS, frames.END_HEADERS, 1, concat(hex("88"), entry, many(12_000, hex("be")))));
  assertEquals(errorCodeName(await peer.expectReset(1)), "ENHANCE_YOUR_CALM");
  const recorder = await requested(peer);
  peer.send(ok(5), frames.trailers(5));
  assertEquals(await recorder.over, "end");
});
