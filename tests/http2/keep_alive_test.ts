import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { delay } from "@std/async";
import { ConnectionLost } from "../../src/transport/http2/errors.ts";
import { test } from "../harness.ts";
import * as frames from "./frames.ts";
import { connect, request, requested } from "./peer.ts";

const QUICK = { time: 20, timeout: 300, minInterval: 0 };

test("a silent server with an open stream is pinged, and the answer keeps the connection", async () => {
  await using peer = await connect({ keepAlive: QUICK });
  await requested(peer);
  for (let i = 0; i < 3; i++) {
    const { flags, payload } = await peer.expect(frames.PING);
    assertEquals([flags, payload], [0, new Uint8Array(8)]);
    peer.send(frames.ping(frames.ACK, payload));
  }
  assertEquals(peer.connection.state, "open");
});

test("a server that does not answer is dead, and its streams fail as not known to be executed", async () => {
  const ends: (Error | null)[] = [];
  await using peer = await connect({ keepAlive: QUICK, onClosed: (error) => ends.push(error) });
  const recorder = await requested(peer);
  assertEquals(await recorder.over, "reset by connection: 0, executed: unknown");
  assertEquals(recorder.reset?.message, "Connection lost: keep-alive ping not answered");
  assertInstanceOf(ends[0], ConnectionLost);
  await peer.connection.closed;
});

test("anything that comes is an answer", async () => {
  await using peer = await connect({ keepAlive: QUICK });
  await requested(peer);
  for (let i = 0; i < 3; i++) {
    await peer.expect(frames.PING);
    peer.send(frames.windowUpdate(0, 1));
  }
  assertEquals(peer.connection.state, "open");
});

test("there is no ping without a stream, and one at once when a stream follows a long silence", async () => {
  await using peer = await connect({ keepAlive: QUICK });
  const recorder = await requested(peer);
  peer.send(frames.ok(1), frames.trailers(1));
  await recorder.over;
  await delay(100);
  const before = peer.client.writes;
  request(peer);
  assertEquals((await peer.next()).type, frames.HEADERS);
  assertEquals((await peer.next()).type, frames.PING);
  assertEquals(peer.client.writes, before + 1);
});

test("pings keep their distance whatever time says", async () => {
  await using peer = await connect({ keepAlive: { time: 1, timeout: 50, minInterval: 150 } });
  await requested(peer);
  await peer.expect(frames.PING);
  const start = performance.now();
  peer.send(frames.ping(frames.ACK));
  await peer.expect(frames.PING);
  assert(performance.now() - start >= 140);
});

test("an event loop that was blocked reads before it declares the server dead", async () => {
  await using peer = await connect({ keepAlive: { time: 20, timeout: 50, minInterval: 0 } });
  const recorder = await requested(peer);
  const { payload } = await peer.expect(frames.PING);
  // The answer is there, and is read in a later turn of the loop than that in which the timers are late.
  const late = setTimeout(() =>
    peer.send(frames.ping(frames.ACK, payload), frames.ok(1), frames.trailers(1))
  );
  const until = performance.now() + 400;
  while (performance.now() < until);
  assertEquals(await recorder.over, "end");
  clearTimeout(late);
});

test("close clears the timers", async () => {
  await using peer = await connect({ keepAlive: { time: 60_000, timeout: 60_000 } });
  await requested(peer);
  await peer.connection.close();
});
