import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EtcdInternalError, EtcdTooManyRequestError, EtcdUnavailableError } from "../../src/errors.ts";
import { CallLife } from "../../src/rpc/call_life.ts";
import type { Method } from "../../src/rpc/method.ts";
import { NativeStream } from "../../src/rpc/native_stream.ts";
import { test } from "../harness.ts";
import { ascii, concat, message } from "../http2/bytes.ts";
import { serve, type Server } from "../http2/calls.ts";
import * as frames from "../http2/frames.ts";

const { data, ok, trailers } = frames;

/** Messages are text; "bad" cannot be decoded. */
const CHAT: Method<string, string> = {
  name: "Test/Chat",
  path: "/test.Test/Chat",
  requestStream: true,
  responseStream: true,
  encode: ascii,
  decode(bytes) {
    const text = new TextDecoder().decode(bytes);
    if (text === "bad") throw new RangeError("malformed");
    return text;
  },
};

function messages(...contents: readonly string[]): Uint8Array {
  return concat(...contents.map((content) => message(ascii(content))));
}

/** Bytes that the client grants a stream until it answers a PING. */
async function grantedTo({ peer }: Server, streamId: number): Promise<number> {
  let granted = 0;
  peer.send(frames.ping());
  for (;;) {
    const frame = await peer.next();
    if (frame.type === frames.PING) return granted;
    if (frame.type !== frames.WINDOW_UPDATE || frame.streamId !== streamId) continue;
    granted += new DataView(frame.payload.buffer).getUint32(0);
  }
}

/** Opens a stream, which the server has seen. */
async function chat({ session, peer }: Server, signal?: AbortSignal) {
  const life = new CallLife({ signal }, 0, new AbortController().signal);
  const ending = new AbortController();
  const down = ending.signal;
  const options = { connection: {}, endpoint: "test:1", headers: [], token: "t", down, life };
  const stream = new NativeStream(session, CHAT, options);
  await peer.expectHeaders();
  return { stream, ending, responses: stream[Symbol.asyncIterator]() };
}

test("a stream sends at once and reads in order, whether it is waited for or not", async () => {
  await using server = await serve();
  const { stream, responses } = await chat(server);
  assertEquals([stream.endpoint, stream.token], ["test:1", "t"]);
  stream.send("one");
  assertEquals((await server.peer.expect(frames.DATA)).payload, messages("one"));
  const first = responses.next();
  server.peer.send(ok(1), data(1, messages("a", "b", "c")));
  assertEquals(await first, { done: false, value: "a" });
  assertEquals((await responses.next()).value, "b");
  assertEquals((await responses.next()).value, "c");
  stream.close();
  assertEquals(await server.peer.expectReset(1), 8);
});

test("what came before the server ended a stream is read before the error", async () => {
  await using server = await serve();
  const { stream, responses } = await chat(server);
  server.peer.send(ok(1), data(1, messages("a", "b")), trailers(1, { "grpc-status": "14" }));
  await server.peer.settled();
  assertEquals([(await responses.next()).value, (await responses.next()).value], ["a", "b"]);
  await assertRejects(() => responses.next(), EtcdUnavailableError, "Cannot go on with Test/Chat");
  stream.send("ignored");
  stream.close();
  await assertRejects(() => responses.next(), EtcdUnavailableError);
});

test("a stream that the server ends well, or by a message that is none, fails all the same", async () => {
  await using server = await serve();
  const ended = await chat(server);
  const waiting = ended.responses.next();
  server.peer.send(ok(1), trailers(1));
  await assertRejects(() => waiting, EtcdInternalError, "the server ended it");
  await server.peer.expectReset(1);

  const malformed = await chat(server);
  server.peer.send(ok(3), data(3, messages("bad", "good")));
  assertEquals(await server.peer.expectReset(3), 8);
  await assertRejects(() => malformed.responses.next(), EtcdInternalError, "a response is malformed");
});

test("a stream refuses a message above the client's limit", async () => {
  await using server = await serve({}, [], 8);
  const { responses } = await chat(server);
  server.peer.send(ok(1), data(1, messages("123456789")));
  await assertRejects(() => responses.next(), EtcdTooManyRequestError, "more than the limit of 8");
});

test("a stream whose connection is lost says so", async () => {
  await using server = await serve();
  const { responses } = await chat(server);
  const waiting = responses.next();
  server.peer.socket.close();
  await assertRejects(() => waiting, EtcdUnavailableError, "Connection lost");
});

test("a stream whose connection takes nothing new any more ends, so that it can go on elsewhere", async () => {
  await using server = await serve();
  const { stream, ending, responses } = await chat(server);
  server.peer.send(ok(1), data(1, messages("a")));
  await server.peer.settled();
  ending.abort();
  assertEquals(await server.peer.expectReset(1), 8);
  assertEquals((await responses.next()).value, "a");
  const error = await assertRejects(() => responses.next(), EtcdUnavailableError, "about to end");
  assertEquals(error.retryable, true);
  stream.close();
});

test("a closed stream ends quietly and drops what was not read", async () => {
  await using server = await serve();
  const { stream, responses } = await chat(server);
  server.peer.send(ok(1), data(1, messages("a")));
  await server.peer.settled();
  stream.close();
  stream.close();
  stream.send("ignored");
  assertEquals(await server.peer.expectReset(1), 8);
  assertEquals((await responses.next()).done, true);

  const left = await chat(server);
  const waiting = left.responses.next();
  left.stream.close();
  assertEquals((await waiting).done, true);
});

test("leaving the loop closes the stream", async () => {
  await using server = await serve();
  const { stream } = await chat(server);
  server.peer.send(ok(1), data(1, messages("a", "b")));
  for await (const response of stream) {
    assertEquals(response, "a");
    break;
  }
  assertEquals(await server.peer.expectReset(1), 8);
  assertEquals(server.peer.connection.streams, 0);
});

test("an aborted stream rejects with the signal's reason", async () => {
  await using server = await serve();
  const controller = new AbortController();
  const reason = new Error("enough");
  const { responses } = await chat(server, controller.signal);
  const waiting = assertRejects(() => responses.next(), Error, "enough");
  controller.abort(reason);
  await waiting;
  assertEquals(await server.peer.expectReset(1), 8);
});

test("a stream whose caller has given up is not opened", async () => {
  await using server = await serve();
  const controller = new AbortController();
  const life = new CallLife({ signal: controller.signal }, 0, new AbortController().signal);
  controller.abort(new Error("enough"));
  const down = new AbortController().signal;
  const options = { connection: {}, endpoint: "test:1", headers: [], token: undefined, down, life };
  assertThrows(() => new NativeStream(server.session, CHAT, options), Error, "enough");
  assertEquals(server.peer.connection.streams, 0);
});

test("a reader that is behind holds the server back until it reads on", async () => {
  await using server = await serve();
  const { responses } = await chat(server);
  const content = "x".repeat(16_000);
  const count = 50;
  server.peer.send(ok(1), ...Array(count).fill(data(1, messages(content))));
  assertEquals(await grantedTo(server, 1), 0);
  for (let i = 0; i < count; i++) assertEquals((await responses.next()).value, content);
  assert(await grantedTo(server, 1) >= count * content.length);
});
