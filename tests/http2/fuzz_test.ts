import { assert, assertEquals } from "@std/assert";
import { ConnectionError, StreamError } from "../../src/transport/http2/errors.ts";
import { HpackDecoder } from "../../src/transport/http2/hpack/decoder.ts";
import { test } from "../harness.ts";
import { ascii, concat, hex, message } from "./bytes.ts";
import { open, serve } from "./calls.ts";
import * as frames from "./frames.ts";
import { requested } from "./peer.ts";
import { generator, newSeed, rounds } from "./random.ts";

type Random = (below: number) => number;

const { data, headers, ok, trailers } = frames;

/** A long good script: two unary calls on streams 1 and 3, a stream of messages on 5, and what servers do besides. */
const SCRIPT: readonly Uint8Array[] = [
  frames.settings([3, 100], [4, 65_535], [1, 4_096]),
  frames.ping(),
  ok(1),
  data(1, message(ascii("response one"))),
  trailers(1),
  frames.windowUpdate(0, 1_000),
  headers(3, frames.OK_HEADERS, 0),
  frames.frame(frames.CONTINUATION, frames.END_HEADERS, 3, hex("400161 0162 be")),
  data(3, concat(hex("03"), message(ascii("response two")), hex("000000")), frames.PADDED),
  frames.frame(
    frames.HEADERS,
    frames.END_HEADERS | frames.END_STREAM,
    3,
    concat(frames.block({ "grpc-status": "0" }), hex("be")),
  ),
  ok(5),
  data(5, concat(message(ascii("a")), message(ascii("b")))),
  frames.rstStream(5, 2),
  frames.goAway(5, 0, "bye"),
];

/** Changes a few bytes, or cuts, doubles, drops or exchanges frames. */
function mutate(random: Random): Uint8Array {
  const parts = SCRIPT.map((part) => part.slice());
  for (let changes = 1 + random(3); changes > 0; changes--) {
    const at = random(parts.length);
    const part = parts[at];
    switch (random(6)) {
      case 0:
        part[random(part.length)] = random(256);
        break;
      case 1:
        part[random(part.length)] ^= 1 << random(8);
        break;
      case 2:
        parts[at] = part.subarray(0, random(part.length));
        break;
      case 3:
        parts.splice(random(parts.length), 0, part.slice());
        break;
      case 4:
        parts[at] = new Uint8Array(1);
        break;
      case 5:
        [parts[at], parts[random(parts.length)]] = [parts[random(parts.length)], part];
        break;
    }
  }
  return concat(...parts);
}

/** Plays one changed script; every call must settle, and what is OK must be right. */
async function play(random: Random, context: string): Promise<void> {
  await using server = await serve();
  const { peer, session } = server;
  const outcomes = [1, 2].map(() =>
    session.unary("/a.B/C", [], ascii("request"), (bytes) => bytes.length).catch(() => "failed")
  );
  const listener = open(session);
  listener.call.pull(Infinity);
  for (let i = 0; i < 3; i++) await peer.expectHeaders().then(() => i < 2 ? peer.next() : undefined);
  const bytes = mutate(random);
  const cut = random(bytes.length + 1);
  peer.send(bytes.subarray(0, cut));
  await Promise.resolve();
  peer.send(bytes.subarray(cut));
  peer.socket.close();
  for (const outcome of await Promise.all(outcomes)) {
    assert(outcome === "failed" || outcome === 12, `${context}: ${outcome}`);
  }
  assert((await listener.over).code !== 0, context);
  await peer.connection.closed;
  assertEquals(peer.connection.streams, 0, context);
}

test("changed frames settle every call, and leave nothing behind", async () => {
  const seed = newSeed();
  const random = generator(seed);
  for (let round = 0; round < rounds(400); round++) await play(random, `HTTP2_SEED=${seed}, round ${round}`);
});

test("random bytes end a connection with a typed error", async () => {
  const seed = newSeed();
  const random = generator(seed);
  for (let round = 0; round < rounds(100); round++) {
    const errors: (Error | null)[] = [];
    await using server = await serve({ onClosed: (error) => errors.push(error) });
    const recorder = await requested(server.peer);
    server.peer.send(Uint8Array.from({ length: 200 }, () => random(256)));
    server.peer.socket.close();
    await recorder.over;
    assertEquals(errors.length, 1, `HTTP2_SEED=${seed}, round ${round}`);
  }
});

test("random header blocks are decoded or refused with a typed error", () => {
  const seed = newSeed();
  const random = generator(seed);
  const decoder = new HpackDecoder();
  for (let round = 0; round < rounds(20_000); round++) {
    const block = Uint8Array.from({ length: random(40) }, () => random(4) === 0 ? 0x40 : random(256));
    try {
      for (const { name, value } of decoder.decode(block, 0, block.length)) {
        assert(name.length <= 16_384 && value.length <= 16_384);
      }
    } catch (error) {
      const typed = error instanceof ConnectionError || error instanceof StreamError;
      assert(typed, `HTTP2_SEED=${seed}, round ${round}: ${error}`);
    }
  }
});
