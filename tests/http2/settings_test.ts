import { assertEquals } from "@std/assert";
import { HeaderBlock } from "../../src/transport/http2/hpack/header_block.ts";
import { test } from "../harness.ts";
import { toHex } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, GET, request, requested } from "./peer.ts";

const { ok, settings, trailers } = frames;
const MAX_CONCURRENT_STREAMS = 3;
const INITIAL_WINDOW_SIZE = 4;

test("requests beyond SETTINGS_MAX_CONCURRENT_STREAMS wait, first come first served", async () => {
  await using peer = await connect({}, [[MAX_CONCURRENT_STREAMS, 2]]);
  const recorders = Array.from({ length: 5 }, () => request(peer));
  assertEquals(recorders.map(({ stream }) => stream.id), [1, 3, 0, 0, 0]);
  assertEquals(peer.connection.streams, 5);
  peer.send(ok(3), trailers(3));
  await recorders[1].over;
  assertEquals(recorders.map(({ stream }) => stream.id), [1, 3, 5, 0, 0]);
  peer.send(frames.rstStream(1, 8));
  await recorders[0].over;
  recorders[2].stream.cancel();
  assertEquals(recorders.map(({ stream }) => stream.id), [1, 3, 5, 7, 9]);
});

test("a request that is cancelled while it waits is never sent", async () => {
  await using peer = await connect({}, [[MAX_CONCURRENT_STREAMS, 1]]);
  const [first, second, third] = [request(peer), request(peer), request(peer)];
  second.stream.cancel();
  peer.send(ok(1), trailers(1));
  await first.over;
  assertEquals([second.stream.id, third.stream.id], [0, 3]);
  assertEquals(second.events, []);
});

test("the number of streams is unsigned, may be 0, and may change", async () => {
  await using peer = await connect({}, [[MAX_CONCURRENT_STREAMS, 0]]);
  const recorders = Array.from({ length: 4 }, () => request(peer));
  assertEquals(recorders[0].stream.id, 0);
  peer.send(settings([MAX_CONCURRENT_STREAMS, 3]));
  await peer.expect(frames.SETTINGS);
  for (let i = 0; i < 3; i++) await peer.expectHeaders();
  assertEquals(recorders.map(({ stream }) => stream.id), [1, 3, 5, 0]);
  peer.send(settings([MAX_CONCURRENT_STREAMS, 1]));
  await peer.settled();
  assertEquals(recorders[3].stream.id, 0);
  peer.send(settings([MAX_CONCURRENT_STREAMS, 4_294_967_295]));
  await peer.expect(frames.SETTINGS);
  await peer.expectHeaders();
  assertEquals(recorders[3].stream.id, 7);
});

test("every SETTINGS is acknowledged, in order, after it is applied", async () => {
  await using peer = await connect();
  peer.send(settings([1, 0]), frames.ping(), settings());
  const answers = [await peer.next(), await peer.next(), await peer.next()];
  assertEquals(answers.map(({ type, flags }) => [type, flags]), [[4, 1], [6, 1], [4, 1]]);
});

test("a window's size may be said twice in one frame, and the last word counts", async () => {
  await using peer = await connect({}, [[INITIAL_WINDOW_SIZE, 10]]);
  const { stream } = await requested(peer, false);
  stream.write(new Uint8Array(100), true);
  assertEquals((await peer.expect(frames.DATA)).payload.length, 10);
  peer.send(settings([INITIAL_WINDOW_SIZE, 1_000], [INITIAL_WINDOW_SIZE, 30]));
  await peer.expect(frames.SETTINGS);
  assertEquals((await peer.expect(frames.DATA)).payload.length, 20);
});

test("a change of the window's size holds for requests that wait for a slot", async () => {
  await using peer = await connect({}, [[MAX_CONCURRENT_STREAMS, 1], [INITIAL_WINDOW_SIZE, 50]]);
  const first = await requested(peer);
  const second = request(peer, false);
  second.stream.write(new Uint8Array(100), true);
  peer.send(settings([INITIAL_WINDOW_SIZE, 7]));
  await peer.expect(frames.SETTINGS);
  peer.send(ok(1), trailers(1));
  await first.over;
  await peer.expectHeaders();
  assertEquals((await peer.expect(frames.DATA)).payload.length, 7);
});

test("the largest and the smallest values that are allowed are taken", async () => {
  const most = 2 ** 32 - 1;
  for (
    const entry of [[1, 0], [1, most], [2, 0], [4, 0], [4, 2 ** 31 - 1], [5, 16_384], [5, 2 ** 24 - 1], [
      6,
      most,
    ]]
  ) {
    await using peer = await connect();
    peer.send(settings([entry[0], entry[1]]));
    assertEquals((await peer.expect(frames.SETTINGS)).flags, frames.ACK);
    const recorder = await requested(peer);
    peer.send(ok(1), trailers(1));
    assertEquals(await recorder.over, "end");
  }
});

test("a smaller SETTINGS_MAX_FRAME_SIZE holds for content that waits", async () => {
  await using peer = await connect({}, [[5, 30_000], [INITIAL_WINDOW_SIZE, 30_000]]);
  const { stream } = await requested(peer, false);
  stream.write(new Uint8Array(60_000), true);
  assertEquals((await peer.expect(frames.DATA)).payload.length, 30_000);
  peer.send(settings([5, 16_384], [INITIAL_WINDOW_SIZE, 60_000]));
  await peer.expect(frames.SETTINGS);
  assertEquals((await peer.expect(frames.DATA)).payload.length, 16_384);
  assertEquals((await peer.expect(frames.DATA)).payload.length, 13_616);
});

test("a smaller table for HPACK is announced in the next header block", async () => {
  await using peer = await connect();
  request(peer);
  await peer.expectHeaders();
  peer.send(settings([1, 0]), settings([1, 100]));
  await peer.expect(frames.SETTINGS);
  await peer.expect(frames.SETTINGS);
  request(peer);
  const { payload } = await peer.expect(frames.HEADERS);
  assertEquals(toHex(payload.subarray(0, 3)), "203f45");
});

test("a request larger than SETTINGS_MAX_HEADER_LIST_SIZE is refused and not sent", async () => {
  await using peer = await connect({}, [[6, 200]]);
  const large = new HeaderBlock([...GET.fields, { name: "token", value: "x".repeat(100) }]);
  const refused = request(peer, true, large);
  assertEquals(await refused.over, "reset by us: 11, executed: no");
  assertEquals(refused.reset?.message, "header list over the server's 200 bytes");
  const sent = await requested(peer);
  assertEquals(sent.stream.id, 1);
});

test("a header list above the server's frame size goes out with CONTINUATION", async () => {
  await using peer = await connect();
  const value = Array.from({ length: 20_000 }, (_, i) => String.fromCharCode(0x80 + (i * 7) % 0x7f)).join("");
  request(peer, true, new HeaderBlock([...GET.fields, { name: "long", value }]));
  const first = await peer.expect(frames.HEADERS);
  const second = await peer.expect(frames.CONTINUATION);
  assertEquals([first.payload.length, first.flags], [16_384, frames.END_STREAM]);
  assertEquals([second.streamId, second.flags], [1, frames.END_HEADERS]);
});
