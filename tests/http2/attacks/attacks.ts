/**
 * What a hostile server can do, for as long as it is let.
 *
 * @module
 */

import { ascii, concat, hex, many, message, uint32 } from "../bytes.ts";
import * as frames from "../frames.ts";

const { data, frame, headers, ok, ping, settings } = frames;

/** One way to attack a client that has connected and made a call. */
export interface Attack {
  /** What comes, again and again unless it says otherwise. */
  readonly what: string;
  /**
   * What sets it off: the connection itself, a call's first frame, or its cancellation.
   *
   * @default {"call"}
   */
  readonly after?: "connection" | "call" | "cancel";
  /** The server's SETTINGS, or what it sends in their place. @default {SETTINGS without a setting} */
  readonly greeting?: Uint8Array;
  /** Sent once. @default {nothing} */
  readonly once?: (id: number) => Uint8Array;
  /** Sent without end. @default {nothing more} */
  readonly again?: (id: number) => Uint8Array;
  /** What is called: one message for one, or a stream, that is read without end or one message of. @default {"unary"} */
  readonly calls?: "unary" | "upload" | "stream" | "paused stream";
  /** How the call ends: gRPC status numbers. */
  readonly ends: readonly number[];
}

/** Bytes of a chunk that is sent again and again, about. */
const CHUNK = 65_536;

/** As many of a frame as make a chunk. */
function chunk(bytes: Uint8Array): Uint8Array {
  return many(Math.max(1, Math.floor(CHUNK / bytes.length)), bytes);
}

const empty = new Uint8Array();
/** The connection is closed for what it does. */
const CLOSED = [14];
/** The call alone fails. */
const INTERNAL = [13];
/** Nothing is wrong by any rule: the deadline ends it. */
const DEADLINE = [4];
/** It is refused as too much. */
const EXHAUSTED = [8];

/** A header block in as many frames as it takes. */
function inFrames(id: number, block: Uint8Array): Uint8Array {
  const parts: Uint8Array[] = [];
  for (let at = 0; at < block.length; at += 16_384) {
    const part = block.subarray(at, at + 16_384);
    const type = at === 0 ? frames.HEADERS : frames.CONTINUATION;
    parts.push(frame(type, at + 16_384 >= block.length ? frames.END_HEADERS : 0, id, part));
  }
  return concat(...parts);
}

/** 60 KB of the longest Huffman codes, `fields` before it. */
function longHuffman(fields: Readonly<Record<string, string>>): Uint8Array {
  // Symbol 22 is 29 ones and a zero: 15 bytes hold four of them.
  const coded = concat(...Array(4_000).fill(hex("fffffffbffffffefffffffbffffffe")));
  return concat(frames.block(fields), hex("00 0161"), hpackInteger(0x80, coded.length), coded);
}

function hpackInteger(first: number, value: number): Uint8Array {
  const bytes = [first | 127];
  let left = value - 127;
  for (; left >= 128; left >>>= 7) bytes.push((left & 127) | 128);
  return Uint8Array.of(...bytes, left);
}

/** Fills the table with one large entry, then names it again and again. */
const BOMB = concat(
  hex("88 40"),
  frames.literal("x"),
  frames.literal("y".repeat(4_000)),
  new Uint8Array(12_000).fill(0xbe),
);

function emptyMessages(id: number): Uint8Array {
  return chunk(data(id, new Uint8Array(5 * 3_276)));
}

/** Puts 21,000 small entries into a table that holds 128. */
const CHURN = concat(hex("88"), ...Array(21_000).fill(hex("400000")));

/** The same settings, many times; each changes every window. */
const WINDOWS = settings(...Array.from({ length: 32 }, (_, i) => [4, 65_535 + i] as const));

export const ATTACKS: readonly Attack[] = [
  { what: "silence", after: "connection", greeting: empty, ends: CLOSED },
  { what: "silence after SETTINGS", ends: DEADLINE },
  {
    what: "HTTP/1.1",
    after: "connection",
    greeting: ascii("HTTP/1.1 400 Bad Request\r\n\r\n"),
    ends: CLOSED,
  },
  { what: "zeros", after: "connection", greeting: new Uint8Array(CHUNK), ends: CLOSED },
  {
    what: "a frame of 16 MiB",
    once: () => hex("ffffff 00 00 00000001"),
    again: () => new Uint8Array(CHUNK),
    ends: CLOSED,
  },
  // Floods of what means nothing.
  { what: "PING", again: () => chunk(ping()), ends: CLOSED },
  { what: "PING ACK", again: () => chunk(ping(frames.ACK)), ends: CLOSED },
  { what: "PING before any call", after: "connection", again: () => chunk(ping()), ends: CLOSED },
  { what: "SETTINGS", again: () => chunk(settings([3, 100])), ends: CLOSED },
  { what: "SETTINGS that change every window 32 times", again: () => chunk(WINDOWS), ends: CLOSED },
  { what: "SETTINGS ACK", again: () => chunk(frames.settingsAck), ends: CLOSED },
  { what: "PRIORITY", again: () => chunk(frame(frames.PRIORITY, 0, 1, hex("0000000110"))), ends: CLOSED },
  { what: "frames of an unknown type", again: () => chunk(frame(0xfe, 0, 1)), ends: CLOSED },
  {
    what: "large frames of an unknown type",
    again: () => chunk(frame(0xfe, 0, 1, new Uint8Array(16_384))),
    ends: CLOSED,
  },
  { what: "WINDOW_UPDATE of the connection", again: () => chunk(frames.windowUpdate(0, 1)), ends: CLOSED },
  { what: "WINDOW_UPDATE of a stream", again: (id) => chunk(frames.windowUpdate(id, 1)), ends: CLOSED },
  { what: "GOAWAY", again: (id) => chunk(frames.goAway(id, 0, "x".repeat(1_000))), ends: CLOSED },
  {
    what: "RST_STREAM of a closed stream",
    after: "cancel",
    again: (id) => chunk(frames.rstStream(id, 8)),
    ends: CLOSED,
  },
  // Floods on streams.
  { what: "empty DATA", once: ok, again: (id) => chunk(data(id, empty)), ends: CLOSED },
  {
    what: "DATA of padding alone",
    once: ok,
    again: (id) => chunk(data(id, concat(hex("ff"), new Uint8Array(255)), frames.PADDED)),
    ends: CLOSED,
  },
  { what: "DATA of one byte", once: ok, again: (id) => chunk(data(id, new Uint8Array(1))), ends: INTERNAL },
  {
    what: "DATA of a cancelled stream",
    after: "cancel",
    again: (id) => chunk(data(id, new Uint8Array(16_384))),
    ends: CLOSED,
  },
  {
    what: "DATA of one byte of a cancelled stream",
    after: "cancel",
    again: (id) => chunk(data(id, new Uint8Array(1))),
    ends: CLOSED,
  },
  { what: "empty messages", once: ok, again: emptyMessages, ends: INTERNAL },
  { what: "empty messages on a stream", calls: "stream", once: ok, again: emptyMessages, ends: EXHAUSTED },
  {
    what: "empty messages on a stream that is not read",
    calls: "paused stream",
    once: ok,
    again: emptyMessages,
    ends: EXHAUSTED,
  },
  {
    what: "PING beside DATA of one byte",
    calls: "stream",
    once: (id) => concat(ok(id), data(id, concat(hex("00"), uint32(4_000_000)))),
    again: (id) => concat(data(id, new Uint8Array(1)), chunk(ping())),
    ends: CLOSED,
  },
  {
    what: "windows of one byte",
    calls: "upload",
    greeting: settings([4, 1]),
    again: (id) => chunk(frames.windowUpdate(id, 1)),
    ends: CLOSED,
  },
  {
    what: "a message without end",
    once: (id) => concat(ok(id), data(id, concat(hex("00"), uint32(2 ** 32 - 1)))),
    again: (id) => chunk(data(id, new Uint8Array(16_384))),
    ends: EXHAUSTED,
  },
  {
    what: "a message of 4 MB in frames of one byte",
    once: (id) => concat(ok(id), data(id, concat(hex("00"), uint32(4_000_000)))),
    again: (id) => chunk(data(id, new Uint8Array(1))),
    ends: CLOSED,
  },
  {
    what: "good responses to nobody",
    once: (id) => concat(ok(id), data(id, message(ascii("x"))), frames.trailers(id)),
    again: (id) => chunk(frames.trailers(id)),
    ends: [0],
  },
  // Header blocks.
  { what: "1xx sections", again: (id) => chunk(headers(id, { ":status": "103" })), ends: CLOSED },
  {
    what: "1xx sections of 60 KB in Huffman code",
    again: (id) => inFrames(id, longHuffman({ ":status": "103" })),
    ends: CLOSED,
  },
  {
    what: "CONTINUATION",
    once: (id) => frame(frames.HEADERS, 0, id),
    again: (id) => chunk(frame(frames.CONTINUATION, 0, id, hex("88"))),
    ends: CLOSED,
  },
  {
    what: "CONTINUATION without content",
    once: (id) => frame(frames.HEADERS, 0, id),
    again: (id) => chunk(frame(frames.CONTINUATION, 0, id)),
    ends: CLOSED,
  },
  { what: "an HPACK bomb", again: (id) => inFrames(id, BOMB), ends: [8, 14] },
  { what: "an HPACK table that is churned", again: (id) => inFrames(id, CHURN), ends: [8, 14] },
  {
    what: "HPACK bombs on a cancelled stream",
    after: "cancel",
    again: (id) => inFrames(id, BOMB),
    ends: CLOSED,
  },
  {
    what: "churned HPACK tables on a cancelled stream",
    after: "cancel",
    again: (id) => inFrames(id, CHURN),
    ends: CLOSED,
  },
  {
    what: "Huffman code on a cancelled stream",
    after: "cancel",
    again: (id) => inFrames(id, longHuffman({ ":status": "200" })),
    ends: CLOSED,
  },
  {
    what: "HPACK table size updates",
    once: (id) => inFrames(id, concat(new Uint8Array(60_000).fill(0x20), hex("88"))),
    ends: INTERNAL,
  },
  {
    what: "a header list of 1 MB",
    once: (id) => frame(frames.HEADERS, 0, id, frames.block({ ":status": "200" })),
    again: (id) => chunk(frame(frames.CONTINUATION, 0, id, frames.block({ a: "b".repeat(16_000) }))),
    ends: CLOSED,
  },
  // What is plainly wrong.
  { what: "a window that overflows", again: () => chunk(frames.windowUpdate(0, 2 ** 31 - 1)), ends: CLOSED },
  {
    what: "a stream window that overflows",
    again: (id) => chunk(frames.windowUpdate(id, 2 ** 31 - 1)),
    ends: [13, 14],
  },
  {
    what: "pushes",
    again: (id) =>
      chunk(frame(frames.PUSH_PROMISE, 4, id, concat(uint32(2), frames.block(frames.OK_HEADERS)))),
    ends: CLOSED,
  },
  { what: "streams of its own", again: () => chunk(ok(2)), ends: CLOSED },
  { what: "streams that nobody opened", again: () => chunk(ok(2_001)), ends: CLOSED },
  { what: "random garbage", again: () => crypto.getRandomValues(new Uint8Array(CHUNK)), ends: CLOSED },
];
