import { assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { ascii, concat, many, message } from "./bytes.ts";
import { open, serve, short } from "./calls.ts";
import * as frames from "./frames.ts";

const { data, ok, trailers } = frames;

function messages(...contents: readonly string[]): Uint8Array {
  return concat(...contents.map((content) => message(ascii(content))));
}

test("messages go both ways until both sides have ended", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  assertEquals(listener.call.send(ascii("one")), true);
  assertEquals((await server.peer.expect(frames.DATA)).payload, messages("one"));
  listener.call.pull(Infinity);
  server.peer.send(ok(1), data(1, messages("a", "b")));
  await server.peer.settled();
  listener.call.halfClose();
  assertEquals((await server.peer.expect(frames.DATA)).flags, frames.END_STREAM);
  server.peer.send(data(1, messages("c")), trailers(1));
  assertEquals((await listener.over).code, 0);
  assertEquals(listener.events, ["headers", "a", "b", "c", "status 0"]);
  assertEquals(server.peer.connection.streams, 0);
});

test("messages are given as they are pulled, and the status behind them", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a", "b", "c")), trailers(1));
  await server.peer.expectReset(1);
  assertEquals(listener.events, ["headers"]);
  listener.call.pull();
  assertEquals(listener.events, ["headers", "a"]);
  listener.call.pull(5);
  assertEquals(listener.events, ["headers", "a", "b", "c", "status 0"]);
});

test("who is given a message may pull the next at once", async () => {
  await using server = await serve();
  const listener = open(server.session);
  const { onMessage } = listener;
  listener.onMessage = (message) => {
    onMessage.call(listener, message);
    listener.call.pull();
  };
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a", "b", "c")));
  await server.peer.settled();
  listener.call.pull();
  server.peer.send(data(1, messages("d", "e")), trailers(1));
  await listener.over;
  assertEquals(listener.events, ["headers", "a", "b", "c", "d", "e", "status 0"]);
});

test("a server that sends empty messages without end is left", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  listener.call.pull(Infinity);
  const empty = many(1_000, message(ascii("")));
  server.peer.send(ok(1), data(1, empty), data(1, messages("a")), data(1, empty), data(1, messages("")));
  const { code, details } = await listener.over;
  assertEquals([code, details], [8, "too many empty messages"]);
  assertEquals(listener.events.filter((event) => event === "").length, 2_000);
});

test("a reader that does not pull holds the server back by its window", async () => {
  await using server = await serve({ initialStreamWindow: 1_000 });
  const listener = open(server.session);
  await server.peer.expectHeaders();
  const content = "x".repeat(95);
  server.peer.send(ok(1), data(1, messages(...Array(10).fill(content))));
  await server.peer.settled();
  listener.call.pull(9);
  await server.peer.settled();
  listener.call.pull();
  const { streamId } = await server.peer.expect(frames.WINDOW_UPDATE);
  assertEquals([streamId, listener.events.length], [1, 11]);
});

test("messages that nobody pulls are given one by one, and a bad one in its turn", async () => {
  await using server = await serve({}, [], 8);
  const listener = open(server.session);
  await server.peer.expectHeaders();
  const parts = [
    messages("a", "b").subarray(0, 9),
    messages("a", "b").subarray(9),
    messages("c", "too large"),
  ];
  server.peer.send(ok(1), ...parts.map((part) => data(1, part)), trailers(1));
  await server.peer.expectReset(1);
  for (const given of [["a"], ["a", "b"], ["a", "b", "c"], ["a", "b", "c", "status 8"]]) {
    listener.call.pull();
    assertEquals(listener.events, ["headers", ...given]);
  }
});

test("who is given a message that was kept may cancel, and gets none of the others", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a", "b", "c")));
  await server.peer.settled();
  const { onMessage } = listener;
  listener.onMessage = (message) => {
    onMessage.call(listener, message);
    listener.call.cancel(1, "enough");
    listener.call.pull();
  };
  listener.call.pull(3);
  assertEquals(listener.events, ["headers", "a", "status 1"]);
  assertEquals(await server.peer.expectReset(1), 8);
});

test("a message larger than the window comes through", async () => {
  await using server = await serve({ initialStreamWindow: 1_000 });
  const listener = open(server.session);
  listener.call.pull();
  await server.peer.expectHeaders();
  const bytes = messages("y".repeat(5_000));
  server.peer.send(ok(1));
  for (let at = 0; at < bytes.length; at += 1_000) {
    server.peer.send(data(1, bytes.subarray(at, at + 1_000)));
    if (at < 5_000) await server.peer.expect(frames.WINDOW_UPDATE);
  }
  await server.peer.settled();
  assertEquals(listener.events.map((event) => event.length), [7, 5_000]);
});

test("cancel ends a stream with the caller's status, whatever was kept", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a")));
  await server.peer.settled();
  listener.call.cancel(1, "enough");
  listener.call.cancel(1, "enough");
  assertEquals((await listener.over).details, "enough");
  assertEquals(await server.peer.expectReset(1), 8);
  assertEquals(listener.events, ["headers", "status 1"]);
});

test("cancel after the end gives the status that came", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a")), trailers(1, { "grpc-status": "9" }));
  await server.peer.expectReset(1);
  listener.call.cancel(1, "enough");
  assertEquals(listener.events, ["headers", "status 9"]);
});

test("who is given a message may cancel, and gets none of the others of its frame", async () => {
  await using server = await serve();
  const listener = open(server.session);
  listener.onMessage = () => listener.call.cancel(1, "enough");
  listener.call.pull(3);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("a", "b", "c")));
  await listener.over;
  await server.peer.expectReset(1);
  assertEquals(listener.events, ["headers", "status 1"]);
});

test("a stream that is cut off ends with UNAVAILABLE behind its messages", async () => {
  await using server = await serve();
  const listener = open(server.session);
  listener.call.pull(Infinity);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, concat(messages("a"), messages("b").subarray(0, 3))));
  server.peer.socket.close();
  assertEquals(short(await listener.over), "14 maybe lost");
  assertEquals(listener.events, ["headers", "a", "status 14"]);
});

test("OK in the middle of a message is INTERNAL", async () => {
  await using server = await serve();
  const listener = open(server.session);
  listener.call.pull(Infinity);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, messages("abc").subarray(0, 6)), trailers(1));
  assertEquals((await listener.over).code, 13);
});

test("END_STREAM without a status is a lost connection", async () => {
  await using server = await serve();
  const listener = open(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, new Uint8Array(), frames.END_STREAM));
  assertEquals(short(await listener.over), "13 maybe lost");
});

test("a compressed or too large message ends the stream", async () => {
  await using server = await serve({}, [], 8);
  for (const [bytes, code] of [[message(ascii("a"), 1), 13], [message(new Uint8Array(9)), 8]] as const) {
    const listener = open(server.session);
    listener.call.pull(Infinity);
    await server.peer.expectHeaders();
    const { id } = listener.call.stream;
    server.peer.send(ok(id), data(id, bytes));
    assertEquals((await listener.over).code, code);
    assertEquals(await server.peer.expectReset(id), 8);
  }
});

test("a deadline ends a call whose last messages nobody reads, though the server said OK", async () => {
  await using server = await serve();
  const listener = open(server.session, { timeout: 50 });
  await server.peer.expectHeaders();
  listener.call.pull();
  server.peer.send(ok(1), data(1, messages("a", "b")), trailers(1));
  assertEquals((await listener.over).code, 4);
  assertEquals(listener.events, ["headers", "a", "status 4"]);
});

test("send says when to wait, and onDrain when to go on", async () => {
  await using server = await serve({}, [[4, 10]]);
  const listener = open(server.session);
  await server.peer.expectHeaders();
  assertEquals(listener.call.send(ascii("0123456789")), false);
  assertEquals((await server.peer.expect(frames.DATA)).payload.length, 5);
  assertEquals((await server.peer.expect(frames.DATA)).payload.length, 5);
  server.peer.send(frames.windowUpdate(1, 100));
  assertEquals((await server.peer.expect(frames.DATA)).payload.length, 5);
  assertEquals(listener.events, ["drain"]);
  assertEquals(listener.call.send(ascii("more")), true);
});

test("a deadline ends a stream", async () => {
  await using server = await serve();
  const listener = open(server.session, { timeout: 20 });
  assertEquals(short(await listener.over), "4 maybe");
});
