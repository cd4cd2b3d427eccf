import { assertEquals } from "@std/assert";
import { HeaderBlock } from "../../src/transport/http2/hpack/header_block.ts";
import { test } from "../harness.ts";
import { toHex } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, GET, request, requested } from "./peer.ts";

const { ok, settings, trailers } = frames;
const MAX_CONCURRENT_STREAMS = 3;

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
  assertEquals(await refused.over, "reset by connection: 7, executed: no");
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
