import { assertEquals } from "@std/assert";
import { ReceiveWindow } from "../../src/transport/http2/flow_control.ts";
import { test } from "../harness.ts";
import { ascii, toHex } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, type Peer, request, requested } from "./peer.ts";

const { data, ok, windowUpdate } = frames;

/** Payload lengths of the next DATA frames, up to one with END_STREAM. */
async function lengths(peer: Peer, count: number): Promise<number[]> {
  const found: number[] = [];
  while (found.length < count) found.push((await peer.expect(frames.DATA)).payload.length);
  return found;
}

test("content goes out in frames of the server's size, as far as both windows reach", async () => {
  await using peer = await connect({}, [[4, 40_000]]);
  const recorder = await requested(peer, false);
  const { stream } = recorder;
  assertEquals(stream.write(new Uint8Array(50_000), false), false);
  assertEquals(await lengths(peer, 3), [16_384, 16_384, 7_232]);
  assertEquals(stream.buffered, 10_000);
  peer.send(windowUpdate(1, 20_000));
  assertEquals(await lengths(peer, 1), [10_000]);
  assertEquals([stream.buffered, recorder.events], [0, ["drain"]]);
  assertEquals(stream.write(new Uint8Array(20_000), true), false);
  assertEquals(await lengths(peer, 1), [10_000]);
  // The stream's window has room again; the connection's has 5,535 left.
  peer.send(windowUpdate(1, 10_000));
  assertEquals(await lengths(peer, 1), [5_535]);
  peer.send(windowUpdate(0, 10_000));
  const last = await peer.expect(frames.DATA);
  assertEquals([last.payload.length, last.flags], [4_465, frames.END_STREAM]);
  assertEquals([stream.state, recorder.events], ["half-closed (local)", ["drain"]]);
});

test("streams that wait take turns", async () => {
  await using peer = await connect({}, [[4, 100_000]]);
  const first = await requested(peer, false);
  first.stream.write(new Uint8Array(65_535), false);
  await lengths(peer, 4);
  const second = await requested(peer, false);
  first.stream.write(new Uint8Array(34_000), true);
  second.stream.write(new Uint8Array(34_000), true);
  peer.send(windowUpdate(0, 100_000));
  const order: number[] = [];
  for (let i = 0; i < 6; i++) order.push((await peer.expect(frames.DATA)).streamId);
  assertEquals(order, [1, 3, 1, 3, 1, 3]);
});

test("a smaller SETTINGS_INITIAL_WINDOW_SIZE makes windows negative, and updates make up for it", async () => {
  await using peer = await connect({}, [[4, 1_000]]);
  const { stream } = await requested(peer, false);
  stream.write(new Uint8Array(900), false);
  await lengths(peer, 1);
  peer.send(frames.settings([4, 100]));
  await peer.expect(frames.SETTINGS);
  assertEquals(stream.sendWindow.available, -800);
  stream.write(new Uint8Array(50), false);
  peer.send(windowUpdate(1, 800));
  await peer.settled();
  peer.send(windowUpdate(1, 20));
  assertEquals(await lengths(peer, 1), [20]);
  peer.send(frames.settings([4, 120]));
  assertEquals((await peer.next()).type, frames.SETTINGS);
  assertEquals(await lengths(peer, 1), [20]);
  peer.send(frames.settings([4, 1_000]));
  assertEquals((await peer.next()).type, frames.SETTINGS);
  assertEquals(await lengths(peer, 1), [10]);
});

test("an empty DATA frame with END_STREAM passes a closed window", async () => {
  await using peer = await connect({}, [[4, 0]]);
  const { stream } = await requested(peer, false);
  assertEquals(stream.write(new Uint8Array(0), true), true);
  const { flags } = await peer.expect(frames.DATA);
  assertEquals(flags, frames.END_STREAM);
  assertEquals(stream.state, "half-closed (local)");
});

test("a larger SETTINGS_MAX_FRAME_SIZE is used", async () => {
  await using peer = await connect({}, [[5, 30_000]]);
  const { stream } = await requested(peer, false);
  stream.write(new Uint8Array(40_000), true);
  assertEquals(await lengths(peer, 2), [30_000, 10_000]);
});

test("a cancelled stream gives its place in the queue away", async () => {
  await using peer = await connect({}, [[4, 0]]);
  const [first, second] = [await requested(peer, false), await requested(peer, false)];
  first.stream.write(ascii("first"), true);
  second.stream.write(ascii("second"), true);
  first.stream.cancel();
  assertEquals(await peer.expectReset(1), 8);
  peer.send(windowUpdate(1, 100), windowUpdate(3, 100));
  const { streamId, payload } = await peer.expect(frames.DATA);
  assertEquals([streamId, payload], [3, ascii("second")]);
});

test("a stream's window is given back as its content is consumed, half a window at a time", async () => {
  await using peer = await connect({ initialStreamWindow: 1_000 });
  const recorder = await requested(peer);
  recorder.consumes = false;
  peer.send(ok(1), data(1, new Uint8Array(800)));
  await peer.settled();
  recorder.stream.consume(499);
  await peer.settled();
  recorder.stream.consume(1);
  const { streamId, payload } = await peer.expect(frames.WINDOW_UPDATE);
  assertEquals([streamId, toHex(payload)], [1, "000001f4"]);
  assertEquals(recorder.stream.receiveWindow.available, 700);
});

test("the window of a stream whose reader keeps up grows", async () => {
  await using peer = await connect({ initialStreamWindow: 1_000 });
  const recorder = await requested(peer);
  peer.send(ok(1));
  const granted: number[] = [];
  for (const bytes of [1_000, 1_000, 2_000]) {
    peer.send(data(1, new Uint8Array(bytes)));
    granted.push(parseInt(toHex((await peer.expect(frames.WINDOW_UPDATE)).payload), 16));
  }
  assertEquals(granted, [1_000, 2_000, 4_000]);
  assertEquals(recorder.received, 4_000);
});

test("padding needs no consuming", async () => {
  await using peer = await connect({ initialStreamWindow: 200 });
  const recorder = await requested(peer);
  recorder.consumes = false;
  const padded = new Uint8Array(201);
  padded[0] = 190;
  peer.send(ok(1), data(1, padded.subarray(0, 200), frames.PADDED));
  const { payload } = await peer.expect(frames.WINDOW_UPDATE);
  assertEquals([recorder.received, toHex(payload)], [9, "000000bf"]);
});

test("the connection's window is given back although a stream's reader pauses", async () => {
  await using peer = await connect({ initialStreamWindow: 20_000_000 });
  const paused = await requested(peer);
  paused.consumes = false;
  peer.send(ok(1));
  for (let i = 0; i < 512; i++) peer.send(data(1, new Uint8Array(16_384)));
  const { streamId, payload } = await peer.expect(frames.WINDOW_UPDATE);
  assertEquals([streamId, toHex(payload)], [0, "00800000"]);
});

test("late DATA of a cancelled stream gives the connection's window back", async () => {
  await using peer = await connect({ initialStreamWindow: 10_000_000 });
  const { stream } = await requested(peer);
  stream.cancel();
  assertEquals(await peer.expectReset(1), 8);
  peer.send(ok(1));
  for (let i = 0; i < 512; i++) peer.send(data(1, new Uint8Array(16_384)));
  const { streamId, payload } = await peer.expect(frames.WINDOW_UPDATE);
  assertEquals([streamId, toHex(payload)], [0, "00800000"]);
});

test("a window that gets more than it granted says so", () => {
  // The connection's window is granted again as bytes arrive, so over the wire only a stream's can overflow.
  const window = new ReceiveWindow(10, 30);
  assertEquals(window.consume(0), 20);
  assertEquals([window.receive(30), window.available], [true, 0]);
  assertEquals(window.receive(1), false);
});

test("a request that is queued sends its content when its turn comes", async () => {
  await using peer = await connect({}, [[3, 1]]);
  const first = await requested(peer);
  const second = request(peer, false);
  assertEquals([second.stream.id, second.stream.state], [0, "queued"]);
  assertEquals(second.stream.write(ascii("content"), true), false);
  assertEquals(second.stream.buffered, 7);
  peer.send(ok(1), frames.trailers(1));
  await first.over;
  assertEquals((await peer.expect(frames.HEADERS)).streamId, 3);
  const { payload, flags } = await peer.expect(frames.DATA);
  assertEquals([payload, flags], [ascii("content"), frames.END_STREAM]);
});
