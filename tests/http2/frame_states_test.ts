import { assertEquals } from "@std/assert";
import { errorCodeName } from "../../src/transport/http2/errors.ts";
import type { ConnectionState } from "../../src/transport/http2/connection.ts";
import { test } from "../harness.ts";
import { ascii, concat, hex, uint32 } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, type Peer, requested } from "./peer.ts";

const { data, frame, goAway, headers, ok, rstStream, trailers } = frames;
const block = frames.block(frames.OK_HEADERS);

/** Every frame type, on any stream; those that mean something else by a flag twice. */
const FRAMES = {
  "DATA": (id) => data(id, ascii("x")),
  "DATA, END_STREAM": (id) => data(id, ascii("x"), frames.END_STREAM),
  "HEADERS": ok,
  "HEADERS, END_STREAM": (id) => trailers(id),
  "PRIORITY": (id) => frame(frames.PRIORITY, 0, id, hex("0000000010")),
  "RST_STREAM": (id) => rstStream(id, 8),
  "SETTINGS": (id) => frame(frames.SETTINGS, 0, id),
  "PUSH_PROMISE": (id) => frame(frames.PUSH_PROMISE, frames.END_HEADERS, id, concat(uint32(2), block)),
  "PING": (id) => frame(frames.PING, 0, id, ascii("12345678")),
  "GOAWAY": (id) => frame(frames.GOAWAY, 0, id, concat(uint32(2 ** 31 - 1), uint32(0))),
  "WINDOW_UPDATE": (id) => frames.windowUpdate(id, 1),
  "CONTINUATION": (id) => frame(frames.CONTINUATION, frames.END_HEADERS, id, block),
  "unknown": (id) => frame(0x42, 0xff, id, ascii("x")),
} as const satisfies Record<string, (id: number) => Uint8Array>;

type FrameName = keyof typeof FRAMES;

/** What a frame leads to: nothing bad, an error of the stream, or one of the connection (capitals). */
type Outcome =
  | "fine"
  | "stream: PROTOCOL_ERROR"
  | "stream: STREAM_CLOSED"
  | "PROTOCOL_ERROR"
  | "STREAM_CLOSED";

/** Frames that belong to the connection, or to nobody, are wrong on every stream. */
const ON_ANY_STREAM = {
  "PRIORITY": "fine",
  "SETTINGS": "PROTOCOL_ERROR",
  "PUSH_PROMISE": "PROTOCOL_ERROR",
  "PING": "PROTOCOL_ERROR",
  "GOAWAY": "PROTOCOL_ERROR",
  "CONTINUATION": "PROTOCOL_ERROR",
  "unknown": "fine",
} as const;

/** Where the stream is known, or was. */
const KNOWN = { ...ON_ANY_STREAM, "RST_STREAM": "fine", "WINDOW_UPDATE": "fine" } as const;

interface State {
  readonly name: string;
  /** Brings a stream there; returns its identifier. */
  readonly reach: (peer: Peer) => Promise<number> | number;
  readonly outcomes: Readonly<Record<FrameName, Outcome>>;
}

const NEVER_OPENED = {
  ...ON_ANY_STREAM,
  "DATA": "PROTOCOL_ERROR",
  "DATA, END_STREAM": "PROTOCOL_ERROR",
  "HEADERS": "PROTOCOL_ERROR",
  "HEADERS, END_STREAM": "PROTOCOL_ERROR",
  "RST_STREAM": "PROTOCOL_ERROR",
  "WINDOW_UPDATE": "PROTOCOL_ERROR",
} as const;

/** No header section came yet: trailers in its place have no status. */
const WITHOUT_HEAD = {
  ...KNOWN,
  "DATA": "stream: PROTOCOL_ERROR",
  "DATA, END_STREAM": "stream: PROTOCOL_ERROR",
  "HEADERS": "fine",
  "HEADERS, END_STREAM": "stream: PROTOCOL_ERROR",
} as const;

const WITH_HEAD = {
  ...KNOWN,
  "DATA": "fine",
  "DATA, END_STREAM": "fine",
  "HEADERS": "stream: PROTOCOL_ERROR",
  "HEADERS, END_STREAM": "fine",
} as const;

const ENDED = {
  ...KNOWN,
  "DATA": "STREAM_CLOSED",
  "DATA, END_STREAM": "STREAM_CLOSED",
  "HEADERS": "STREAM_CLOSED",
  "HEADERS, END_STREAM": "STREAM_CLOSED",
} as const;

/** What was on its way when we reset the stream is no error. */
const CANCELLED = {
  ...KNOWN,
  "DATA": "fine",
  "DATA, END_STREAM": "fine",
  "HEADERS": "fine",
  "HEADERS, END_STREAM": "fine",
} as const;

/** Makes a request and answers with parts of a response. */
async function answered(peer: Peer, endStream: boolean, ...parts: ((id: number) => Uint8Array)[]) {
  const recorder = await requested(peer, endStream);
  const { id } = recorder.stream;
  peer.send(...parts.map((part) => part(id)));
  await peer.settled();
  return recorder;
}

async function cancelled(peer: Peer): Promise<number> {
  const { stream } = await requested(peer);
  stream.cancel();
  await peer.expectReset(stream.id);
  return stream.id;
}

/** RFC 9113 §5.1, with what this side has received as a part of it. */
const STATES: readonly State[] = [
  { name: "idle", reach: () => 7, outcomes: NEVER_OPENED },
  { name: "the server's own, which push alone could open", reach: () => 2, outcomes: NEVER_OPENED },
  {
    name: "open",
    reach: async (peer) => (await requested(peer, false)).stream.id,
    outcomes: WITHOUT_HEAD,
  },
  {
    name: "open, with a header section",
    reach: async (peer) => (await answered(peer, false, ok)).stream.id,
    outcomes: WITH_HEAD,
  },
  {
    name: "half-closed (local)",
    reach: async (peer) => (await requested(peer)).stream.id,
    outcomes: WITHOUT_HEAD,
  },
  {
    name: "half-closed (local), with a 1xx section",
    reach: async (peer) => (await answered(peer, true, (id) => headers(id, { ":status": "103" }))).stream.id,
    outcomes: WITHOUT_HEAD,
  },
  {
    name: "half-closed (local), with a header section and content",
    reach: async (peer) => (await answered(peer, true, ok, FRAMES.DATA)).stream.id,
    outcomes: WITH_HEAD,
  },
  {
    name: "half-closed (remote)",
    reach: async (peer) => (await answered(peer, false, ok, trailers)).stream.id,
    outcomes: {
      ...KNOWN,
      "DATA": "stream: STREAM_CLOSED",
      "DATA, END_STREAM": "stream: STREAM_CLOSED",
      "HEADERS": "stream: STREAM_CLOSED",
      "HEADERS, END_STREAM": "stream: STREAM_CLOSED",
    },
  },
  {
    name: "closed by both sides' END_STREAM",
    reach: async (peer) => (await answered(peer, true, ok, trailers)).stream.id,
    outcomes: ENDED,
  },
  {
    name: "closed by the server's RST_STREAM",
    reach: async (peer) => (await answered(peer, true, ok, FRAMES.RST_STREAM)).stream.id,
    outcomes: ENDED,
  },
  { name: "closed by our RST_STREAM", reach: cancelled, outcomes: CANCELLED },
  {
    name: "closed by our RST_STREAM and the server's END_STREAM",
    reach: async (peer) => {
      const id = await cancelled(peer);
      peer.send(ok(id), trailers(id));
      return id;
    },
    outcomes: ENDED,
  },
  {
    name: "closed by the server's END_STREAM and our RST_STREAM",
    reach: async (peer) => {
      const { stream } = await answered(peer, false, ok, trailers);
      stream.cancel();
      await peer.expectReset(stream.id);
      return stream.id;
    },
    outcomes: ENDED,
  },
  {
    name: "closed by our RST_STREAM and the server's",
    reach: async (peer) => {
      const id = await cancelled(peer);
      peer.send(ok(id), rstStream(id, 8));
      return id;
    },
    outcomes: ENDED,
  },
  {
    name: "closed by our RST_STREAM so long ago that it is forgotten",
    reach: async (peer) => {
      const id = await cancelled(peer);
      for (let i = 0; i < 1_000; i++) await cancelled(peer);
      return id;
    },
    outcomes: CANCELLED,
  },
];

/** What the client does next: goes on, resets the stream, or closes the connection. */
async function outcomeOf(peer: Peer, id: number): Promise<string> {
  peer.send(frames.ping(0, ascii("question")));
  for (;;) {
    const { type, flags, streamId, payload } = await peer.next();
    const code = () => errorCodeName(new DataView(payload.buffer).getUint32(type === frames.GOAWAY ? 4 : 0));
    if (type === frames.RST_STREAM && streamId === id) return `stream: ${code()}`;
    if (type === frames.GOAWAY) return code();
    if (type === frames.PING && flags === frames.ACK) return "fine";
  }
}

for (const { name, reach, outcomes } of STATES) {
  test(`a stream that is ${name}: every frame type`, async () => {
    for (const [type, expected] of Object.entries(outcomes) as [FrameName, Outcome][]) {
      await using peer = await connect();
      const id = await reach(peer);
      peer.send(FRAMES[type](id));
      assertEquals(await outcomeOf(peer, id), expected, type);
      const state: ConnectionState = /^[A-Z]/.test(expected) ? "closed" : "open";
      assertEquals(peer.connection.state, state, type);
    }
  });
}

test("a malformed header block is an error of the connection, in whatever state its stream is", async () => {
  for (const { name, reach } of STATES) {
    await using peer = await connect();
    const id = await reach(peer);
    peer.send(frame(frames.HEADERS, frames.END_HEADERS, id, hex("be")));
    assertEquals(await outcomeOf(peer, id), "COMPRESSION_ERROR", name);
  }
});

test("the connection itself: every frame type", async () => {
  const outcomes: Readonly<Record<FrameName, Outcome>> = {
    ...NEVER_OPENED,
    "PRIORITY": "PROTOCOL_ERROR",
    "SETTINGS": "fine",
    "PING": "fine",
    "GOAWAY": "fine",
    "WINDOW_UPDATE": "fine",
  };
  for (const [type, expected] of Object.entries(outcomes) as [FrameName, Outcome][]) {
    await using peer = await connect();
    await requested(peer);
    peer.send(FRAMES[type](0));
    assertEquals(await outcomeOf(peer, 0), expected, type);
  }
});

test("a draining connection: every frame of its streams is what it was before", async () => {
  for (const type of ["DATA", "HEADERS, END_STREAM", "WINDOW_UPDATE", "RST_STREAM", "PRIORITY"] as const) {
    await using peer = await connect();
    const kept = await requested(peer);
    const { stream } = await answered(peer, true, ok);
    peer.send(goAway(stream.id, 0), FRAMES[type](stream.id));
    assertEquals(await outcomeOf(peer, stream.id), "fine", type);
    peer.send(ok(1), trailers(1));
    assertEquals(await kept.over, "end", type);
  }
});
