import { assert, assertEquals } from "@std/assert";
import { ConnectionError, ConnectionLost, StreamError } from "../../src/transport/http2/errors.ts";
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

/** Up to 30 frames of any type, in any order, that are whole and often make sense. */
function anyFrames(random: Random): Uint8Array {
  return concat(...Array.from({ length: 1 + random(30) }, () => {
    const id = [0, 1, 1, 3, 3, 5, 5, 7, 2][random(9)];
    const good = SCRIPT[random(SCRIPT.length)].slice();
    if (random(3) > 0) {
      // A good frame on another stream.
      good[8] = id;
      return good;
    }
    const payload = Uint8Array.from({ length: random(12) }, () => random(3) === 0 ? random(256) : 0);
    return frames.frame(random(12), random(64), id, payload);
  }));
}

/** Plays what the server sends; every call must settle. Returns the lengths of OK answers, and the stream's status. */
async function play(make: (random: Random) => Uint8Array, random: Random, context: string) {
  const ends: (Error | null)[] = [];
  await using server = await serve({ onClosed: (error) => ends.push(error) });
  const { peer, session } = server;
  const outcomes = [1, 2].map(() =>
    session.unary("/a.B/C", [], ascii("request"), (bytes) => bytes.length).catch(() => "failed")
  );
  const listener = open(session);
  listener.call.pull(Infinity);
  for (let i = 0; i < 3; i++) await peer.expectHeaders().then(() => i < 2 ? peer.next() : undefined);
  const bytes = make(random);
  const cut = random(bytes.length + 1);
  peer.send(bytes.subarray(0, cut));
  await Promise.resolve();
  peer.send(bytes.subarray(cut));
  peer.socket.close();
  const settled = await Promise.all(outcomes);
  const { code } = await listener.over;
  await peer.connection.closed;
  assertEquals([peer.connection.streams, ends.length], [0, 1], context);
  const [end] = ends;
  const typed = end === null || end instanceof ConnectionError || end instanceof ConnectionLost;
  assert(typed, `${context}: ${end?.stack}`);
  return { answers: settled.filter((outcome) => outcome !== "failed"), code };
}

test("changed frames settle every call, what is OK is right, and nothing is left behind", async () => {
  const seed = newSeed();
  const random = generator(seed);
  for (let round = 0; round < rounds(400); round++) {
    const context = `HTTP2_SEED=${seed}, round ${round}`;
    const { answers, code } = await play(mutate, random, context);
    assert(answers.every((length) => length === 12) && code !== 0, `${context}: ${answers}, ${code}`);
  }
});

test("frames of any type settle every call, and leave nothing behind", async () => {
  const seed = newSeed();
  const random = generator(seed);
  for (let round = 0; round < rounds(400); round++) {
    await play(anyFrames, random, `HTTP2_SEED=${seed}, round ${round}`);
  }
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
