import { assertEquals } from "@std/assert";
import { errorCodeName } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import { ascii, concat, hex, many } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, type Peer, type Recorder, requested } from "./peer.ts";

const { data, frame, headers, ok, OK_HEADERS, ping, settings, trailers } = frames;

/** What a limit lets pass, and the least that it does not; stream 1 is open, stream 3 was cancelled. */
interface Limit {
  readonly what: string;
  readonly most: Uint8Array;
  readonly more: Uint8Array;
  /** Whether crossing it ends the connection, or stream 1 alone. */
  readonly ends: "connection" | "stream";
  readonly code: string;
}

const CALM = "ENHANCE_YOUR_CALM";
const okBlock = frames.block(OK_HEADERS);

/** A header list of so many bytes as RFC 9113 §6.5.2 counts them: 32 more a field than its octets. */
function listOf(size: number): Uint8Array {
  const others = Object.entries(OK_HEADERS).reduce(
    (sum, [name, value]) => sum + name.length + value.length + 32,
    0,
  );
  return headers(1, { ...OK_HEADERS, a: "b".repeat(size - others - 33) });
}

function fieldsOf(count: number): Uint8Array {
  return frame(frames.HEADERS, frames.END_HEADERS, 1, concat(okBlock, many(count - 2, hex("90"))));
}

/** A block of so many bytes whose list is short: a long string in Huffman code would make it longer. */
function blockOf(size: number): Uint8Array {
  const block = concat(many(size - okBlock.length, hex("20")), okBlock);
  const parts = [frame(frames.HEADERS, 0, 1, block.subarray(0, 16_384))];
  for (let at = 16_384; at < size; at += 16_384) {
    const flags = at + 16_384 < size ? 0 : frames.END_HEADERS;
    parts.push(frame(frames.CONTINUATION, flags, 1, block.subarray(at, at + 16_384)));
  }
  return concat(...parts);
}

function continuations(count: number): Uint8Array {
  const empty = frame(frames.CONTINUATION, 0, 1);
  const last = frame(frames.CONTINUATION, frames.END_HEADERS, 1, okBlock);
  return concat(frame(frames.HEADERS, 0, 1), many(count - 1, empty), last);
}

function settingsOf(count: number): Uint8Array {
  return settings(...Array(count).fill([0xf000, 1]));
}

function emptyData(count: number): Uint8Array {
  return concat(ok(1), many(count, data(1, new Uint8Array())));
}

/** Frames of one byte, each of which lacks 15 of the 16 that pay for it. */
function smallData(unpaid: number): Uint8Array {
  const [full, rest] = [Math.floor(unpaid / 15), unpaid % 15];
  const one = data(1, new Uint8Array(1));
  return concat(ok(1), many(full, one), rest === 0 ? new Uint8Array() : data(1, new Uint8Array(16 - rest)));
}

/** Two header sections may have been on their way. */
function lateHeaders(count: number): Uint8Array {
  return many(2 + count, ok(3));
}

/** After the most there is one more PING, which asks whether all is well. */
const LIMITS: readonly Limit[] = [
  {
    what: "a frame",
    most: frame(0x42, 0, 1, new Uint8Array(16_384)),
    more: frame(0x42, 0, 1, new Uint8Array(16_385)),
    ends: "connection",
    code: "FRAME_SIZE_ERROR",
  },
  { what: "a header list's size", most: listOf(16_384), more: listOf(16_385), ends: "stream", code: CALM },
  { what: "a header list's fields", most: fieldsOf(128), more: fieldsOf(129), ends: "stream", code: CALM },
  { what: "a header block", most: blockOf(65_536), more: blockOf(65_537), ends: "connection", code: CALM },
  { what: "CONTINUATION", most: continuations(8), more: continuations(9), ends: "connection", code: CALM },
  { what: "settings in a frame", most: settingsOf(32), more: settingsOf(33), ends: "connection", code: CALM },
  {
    what: "unread acknowledgements",
    most: many(999, ping()),
    more: many(1_001, ping()),
    ends: "connection",
    code: CALM,
  },
  { what: "empty DATA in a row", most: emptyData(100), more: emptyData(101), ends: "connection", code: CALM },
  {
    what: "small DATA",
    most: smallData(1_599_985), // and "x", with which it is seen that all is well
    more: smallData(1_600_001),
    ends: "connection",
    code: CALM,
  },
  {
    what: "control frames",
    most: many(9_999, ping(frames.ACK)),
    more: many(10_001, ping(frames.ACK)),
    ends: "connection",
    code: CALM,
  },
  {
    what: "frames of a cancelled stream",
    most: lateHeaders(1_000),
    more: lateHeaders(1_001),
    ends: "connection",
    code: CALM,
  },
];

async function open(): Promise<{ peer: Peer; recorder: Recorder }> {
  const peer = await connect();
  const recorder = await requested(peer);
  const { stream } = await requested(peer);
  stream.cancel();
  assertEquals(await peer.expectReset(3), 8);
  return { peer, recorder };
}

for (const { what, most, more, ends, code } of LIMITS) {
  test(`the limit of ${what} is no lower than it says`, async () => {
    const { peer, recorder } = await open();
    await using _ = peer;
    peer.send(most);
    await peer.settled();
    if (recorder.headers === null) peer.send(ok(1));
    peer.send(data(1, ascii("x")), trailers(1));
    assertEquals(await recorder.over, "end");
  });

  test(`the limit of ${what} is no higher than it says`, async () => {
    const { peer } = await open();
    await using _ = peer;
    peer.send(more);
    assertEquals(errorCodeName(await (ends === "stream" ? peer.expectReset(1) : peer.expectGoAway())), code);
  });
}

test("empty DATA is counted anew after content", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  const empty = many(100, data(1, new Uint8Array()));
  peer.send(ok(1), empty, data(1, ascii("x")), empty, data(1, ascii("y")), empty, trailers(1));
  assertEquals([await recorder.over, recorder.content], ["end", "xy"]);
});

test("small DATA is paid for by the content of other DATA", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  const [small, large] = [smallData(1_500_000), data(1, new Uint8Array(16_384))];
  peer.send(small, many(100, large), small.subarray(ok(1).length), trailers(1));
  assertEquals(await recorder.over, "end");
});

test("acknowledgements are counted anew when they are written", async () => {
  await using peer = await connect();
  for (let round = 0; round < 5; round++) {
    peer.send(many(1_000, ping()));
    for (let i = 0; i < 1_000; i++) assertEquals((await peer.next()).flags, frames.ACK);
  }
  assertEquals(peer.connection.state, "open");
});
