import { assertEquals, assertInstanceOf } from "@std/assert";
import { ConnectionLost } from "../../src/transport/http2/errors.ts";
import type { GoAway } from "../../src/transport/http2/frame/goaway.ts";
import { test } from "../harness.ts";
import { ascii } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, request, requested } from "./peer.ts";

const { goAway, ok, trailers } = frames;
const LARGEST = 2 ** 31 - 1;

test("GOAWAY lets streams finish, refuses new ones, and the last one closes", async () => {
  const told: (GoAway | null | Error)[] = [];
  await using peer = await connect({
    onDraining: (goAway) => told.push(goAway),
    onClosed: (error) => told.push(error),
  });
  const recorder = await requested(peer);
  peer.send(goAway(1, 0, "bye"));
  await peer.connection.down;
  assertEquals(peer.connection.state, "draining");
  assertEquals(told, [{ lastStreamId: 1, code: 0, debugData: "bye" }]);
  const refused = request(peer);
  assertEquals(await refused.over, "reset by connection: 7, executed: no");
  peer.send(ok(1), trailers(1));
  assertEquals(await recorder.over, "end");
  assertEquals(await peer.expectGoAway(), 0);
  await peer.connection.closed;
  assertEquals([told.length, told[1], peer.connection.state], [2, null, "closed"]);
});

test("streams above the last one of a GOAWAY were certainly not executed", async () => {
  await using peer = await connect();
  const recorders = [await requested(peer), await requested(peer), await requested(peer)];
  peer.send(goAway(3, 0));
  assertEquals(await recorders[2].over, "reset by connection: 7, executed: no");
  peer.send(ok(1), trailers(1), ok(3), trailers(3));
  assertEquals(await recorders[0].over, "end");
  assertEquals(await recorders[1].over, "end");
  await peer.connection.closed;
});

test("a graceful server says GOAWAY twice", async () => {
  let drains = 0;
  await using peer = await connect({ onDraining: () => drains++ });
  const recorders = [await requested(peer), await requested(peer)];
  peer.send(goAway(LARGEST, 0));
  await peer.settled();
  assertEquals(recorders[1].reset, null);
  peer.send(goAway(1, 0));
  assertEquals(await recorders[1].over, "reset by connection: 7, executed: no");
  peer.send(ok(1), trailers(1));
  assertEquals(await recorders[0].over, "end");
  await peer.connection.closed;
  assertEquals(drains, 1);
});

test("requests that wait for a slot are refused when the server goes away", async () => {
  await using peer = await connect({}, [[3, 1]]);
  const [open, queued] = [request(peer), request(peer)];
  await peer.expectHeaders();
  peer.send(goAway(1, 0));
  assertEquals(await queued.over, "reset by connection: 7, executed: no");
  assertEquals(open.reset, null);
});

test("GOAWAY without open streams closes at once", async () => {
  await using peer = await connect();
  peer.send(goAway(0, 11, "too_many_pings"));
  await peer.connection.closed;
  assertEquals(peer.connection.goAway, { lastStreamId: 0, code: 11, debugData: "too_many_pings" });
});

test("a connection has served out when its server took requests and then left in good order", async () => {
  const cases = [
    [[goAway(1, 0)], true],
    [[goAway(LARGEST, 0)], true],
    [[goAway(LARGEST, 0), goAway(0, 0)], false],
    [[goAway(0, 0)], false],
    [[goAway(1, 11)], false],
    [[], false],
  ] as const;
  for (const [sent, servedOut] of cases) {
    for (const used of [true, false]) {
      await using peer = await connect();
      if (used) await requested(peer);
      peer.send(...sent);
      if (sent.length > 0) await peer.connection.down;
      assertEquals(peer.connection.servedOut, used && servedOut);
    }
  }
});

test("debug data of a GOAWAY is cut", async () => {
  await using peer = await connect();
  peer.send(goAway(0, 0, "x".repeat(10_000)));
  await peer.connection.closed;
  assertEquals(peer.connection.goAway?.debugData.length, 1_024);
});

test("a request that was never given to the socket was certainly not executed", async () => {
  await using peer = await connect();
  const sent = await requested(peer);
  let release = () => {};
  peer.client.stalled = new Promise((resolve) => release = resolve);
  const inFlight = request(peer);
  await peer.expectHeaders();
  const unsent = request(peer);
  peer.socket.close();
  assertEquals(await unsent.over, "reset by connection: 0, executed: no");
  assertEquals(await inFlight.over, "reset by connection: 0, executed: unknown");
  assertEquals(await sent.over, "reset by connection: 0, executed: unknown");
  release();
});

test("close gives up what was not written, and says that it was not executed", async () => {
  await using peer = await connect();
  const recorder = request(peer);
  const closed = peer.connection.close();
  assertEquals(recorder.reset?.executed, "no");
  assertEquals((await peer.next()).type, frames.GOAWAY);
  await closed;
});

test("a socket whose write fails is a lost connection", async () => {
  const ends: (Error | null)[] = [];
  await using peer = await connect({ onClosed: (error) => ends.push(error) });
  const reason = new Error("EPIPE");
  const recorder = request(peer);
  peer.client.write = () => Promise.reject(reason);
  assertEquals(await recorder.over, "reset by connection: 0, executed: unknown");
  assertInstanceOf(ends[0], ConnectionLost);
  assertEquals(ends[0].cause, reason);
});

test("a stream that is cut off in the middle of its response fails", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  peer.send(ok(1), frames.data(1, ascii("half")));
  peer.socket.close();
  assertEquals(await recorder.over, "reset by connection: 0, executed: unknown");
});

test("the end of the connection while draining fails what was open", async () => {
  const ends: (Error | null)[] = [];
  await using peer = await connect({ onClosed: (error) => ends.push(error) });
  const recorder = await requested(peer);
  peer.send(goAway(LARGEST, 0));
  peer.socket.close();
  assertEquals(await recorder.over, "reset by connection: 0, executed: unknown");
  await peer.connection.closed;
  assertInstanceOf(ends[0], ConnectionLost);
});

test("a connection without a stream identifier left drains", async () => {
  const told: (GoAway | null)[] = [];
  await using peer = await connect({ firstStreamId: LARGEST - 2, onDraining: (goAway) => told.push(goAway) });
  const recorders = [await requested(peer), await requested(peer)];
  assertEquals(recorders.map(({ stream }) => stream.id), [LARGEST - 2, LARGEST]);
  assertEquals([peer.connection.state, told], ["draining", [null]]);
  assertEquals(await request(peer).over, "reset by connection: 7, executed: no");
  for (const { stream, over } of recorders) {
    peer.send(ok(stream.id), trailers(stream.id));
    assertEquals(await over, "end");
  }
  await peer.connection.closed;
});

test("a whole response is not taken back by what ends the stream's other half", async () => {
  for (const end of [frames.goAway(0, 0), frames.rstStream(1, 8), frames.trailers(1), frames.ping(2)]) {
    await using peer = await connect();
    const recorder = await requested(peer, false);
    peer.send(ok(1), trailers(1), end);
    await peer.settled().catch(() => {});
    await peer.connection.close();
    assertEquals(recorder.events, ["headers", "trailers", "end"]);
    assertEquals(recorder.stream.state, "closed");
  }
});
