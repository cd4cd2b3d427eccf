import { assert, assertEquals } from "@std/assert";
import { test } from "../harness.ts";
import { ascii, concat, hex, many, toHex } from "./bytes.ts";
import * as frames from "./frames.ts";
import { connect, GET, Recorder, request, requested } from "./peer.ts";

const { data, ok, headers } = frames;
const END = frames.END_HEADERS | frames.END_STREAM;

test("a request without content is one HEADERS frame with END_STREAM", async () => {
  await using peer = await connect();
  const { stream } = request(peer);
  const { type, flags, streamId } = await peer.next();
  assertEquals([type, flags, streamId], [frames.HEADERS, END, 1]);
  assertEquals(stream.state, "half-closed (local)");
});

test("a request with content is HEADERS and DATA, the last with END_STREAM", async () => {
  await using peer = await connect();
  const { stream } = request(peer, false);
  assertEquals(stream.state, "open");
  assertEquals(stream.write(ascii("one"), false), true);
  assertEquals(stream.write(ascii("two"), true, ascii("prefix ")), true);
  assertEquals(stream.state, "half-closed (local)");
  assertEquals((await peer.expect(frames.HEADERS)).flags, frames.END_HEADERS);
  const [first, second] = [await peer.expect(frames.DATA), await peer.expect(frames.DATA)];
  assertEquals([first.flags, first.payload], [0, ascii("one")]);
  assertEquals([second.flags, second.payload], [frames.END_STREAM, ascii("prefix two")]);
});

test("a response is told in order: headers, data, trailers, end", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  peer.send(ok(1), data(1, ascii("some ")), data(1, ascii("content")), frames.trailers(1));
  await recorder.over;
  assertEquals(recorder.events, ["headers", "data", "data", "trailers", "end"]);
  assertEquals(recorder.content, "some content");
  assertEquals(recorder.headers, [
    { name: ":status", value: "200" },
    { name: "content-type", value: "application/grpc" },
  ]);
  assertEquals(recorder.trailers, [{ name: "grpc-status", value: "0" }]);
  assertEquals([recorder.stream.state, peer.connection.streams], ["closed", 0]);
});

test("a response may be headers only, or end with DATA", async () => {
  await using peer = await connect();
  const [first, second, third] = [await requested(peer), await requested(peer), await requested(peer)];
  peer.send(headers(1, frames.OK_HEADERS, END));
  peer.send(ok(3), data(3, ascii("x"), frames.END_STREAM), ok(5), data(5, ascii(""), frames.END_STREAM));
  await Promise.all([first.over, second.over, third.over]);
  assertEquals(first.events, ["headers, end", "end"]);
  assertEquals(second.events, ["headers", "data", "end"]);
  assertEquals(third.events, ["headers", "end"]);
});

test("1xx sections before the response are skipped", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  peer.send(
    headers(1, { ":status": "100" }),
    headers(1, { ":status": "103", link: "x" }),
    ok(1),
    frames.trailers(1),
  );
  await recorder.over;
  assertEquals(recorder.events, ["headers", "trailers", "end"]);
});

test("padding and priority are taken off", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  const padded = concat(hex("03 00000000 ff"), frames.block(frames.OK_HEADERS), hex("000000"));
  peer.send(
    frames.frame(frames.HEADERS, frames.END_HEADERS | frames.PADDED | frames.PRIORITY_FLAG, 1, padded),
  );
  peer.send(data(1, concat(hex("02"), ascii("content"), hex("0000")), frames.PADDED));
  peer.send(data(1, hex("01 00"), frames.PADDED), frames.trailers(1));
  await recorder.over;
  assertEquals(recorder.content, "content");
});

test("a header block may come in nine frames, of which any may be empty", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  const block = frames.block(frames.OK_HEADERS);
  peer.send(frames.frame(frames.HEADERS, 0, 1));
  for (let at = 0; at < 7; at++) {
    peer.send(frames.frame(frames.CONTINUATION, 0, 1, block.subarray(at, at + 1)));
  }
  peer.send(frames.frame(frames.CONTINUATION, frames.END_HEADERS, 1, block.subarray(7)), frames.trailers(1));
  await recorder.over;
  assertEquals(recorder.headers?.length, 2);
});

test("unknown frame types, flags and settings, the reserved bit and PRIORITY are ignored", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  peer.send(frames.frame(0xfe, 0xff, 1, ascii("anything")), frames.settings([0xf0f0, 1]));
  peer.send(
    frames.frame(frames.PRIORITY, 0, 1, hex("0000000110")),
    frames.frame(frames.PRIORITY, 0, 9, hex("0000000110")),
  );
  const reserved = ok(1);
  reserved[4] |= 0x40;
  reserved[5] |= 0x80;
  peer.send(reserved, frames.trailers(1));
  assertEquals(await recorder.over, "end");
});

test("a response is whole although its frames come byte by byte", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  for (const byte of concat(ok(1), data(1, ascii("content")), frames.trailers(1))) {
    peer.send(Uint8Array.of(byte));
  }
  assertEquals(await recorder.over, "end");
  assertEquals(recorder.content, "content");
});

test("a stream that the server resets tells the code, and what REFUSED_STREAM means", async () => {
  await using peer = await connect();
  for (
    const [code, executed] of [[0x8, "unknown"], [0x7, "no"], [0x0, "unknown"], [0xabcd, "unknown"]] as const
  ) {
    const recorder = await requested(peer);
    peer.send(frames.rstStream(recorder.stream.id, code));
    assertEquals(await recorder.over, `reset by peer: ${code}, executed: ${executed}`);
  }
});

test("RST_STREAM(NO_ERROR) after a whole response is normal", async () => {
  await using peer = await connect();
  const recorder = await requested(peer, false);
  peer.send(ok(1), frames.trailers(1), frames.rstStream(1, 0));
  await recorder.over;
  await peer.settled();
  assertEquals(recorder.events, ["headers", "trailers", "end"]);
  assertEquals([recorder.stream.state, peer.connection.streams], ["closed", 0]);
  recorder.stream.write(ascii("too late"), true);
  await peer.settled();
});

test("a cancelled stream is reset once, and its handler is told nothing", async () => {
  await using peer = await connect();
  const recorder = await requested(peer, false);
  recorder.stream.cancel();
  recorder.stream.cancel();
  recorder.stream.write(ascii("x"), true);
  assertEquals(await peer.expectReset(1), 8);
  peer.send(ok(1), data(1, ascii("late")), frames.trailers(1));
  await peer.settled();
  assertEquals(recorder.events, []);
  assertEquals(peer.connection.streams, 0);
});

test("header blocks of a cancelled stream, or over a limit, count for the table of those after them", async () => {
  await using peer = await connect();
  const { stream } = await requested(peer);
  stream.cancel();
  await peer.expectReset(1);
  const broken = await requested(peer);
  const recorder = await requested(peer);
  const keep = (name: string, value: string) =>
    concat(hex("40"), frames.literal(name), frames.literal(value));
  peer.send(
    frames.frame(frames.HEADERS, frames.END_HEADERS, 1, concat(hex("88"), keep("late", "1"))),
    frames.frame(
      frames.HEADERS,
      frames.END_HEADERS,
      3,
      concat(hex("88"), keep("many", "2"), many(200, hex("88"))),
    ),
    frames.frame(frames.HEADERS, END, 5, concat(hex("88"), hex("be bf"))),
  );
  await peer.expectReset(3);
  assertEquals([broken.reset?.code, await recorder.over], [0xb, "end"]);
  assertEquals(recorder.headers?.map(({ name, value }) => name + value), [":status200", "many2", "late1"]);
});

test("a handler may cancel from inside any callback", async () => {
  await using peer = await connect();
  for (const callback of ["onHeaders", "onData", "onTrailers"] as const) {
    const recorder = new Recorder();
    const original = recorder[callback].bind(recorder) as (...args: unknown[]) => void;
    Object.assign(recorder, {
      [callback](...args: unknown[]) {
        original(...args);
        recorder.stream.cancel();
      },
    });
    recorder.stream = peer.connection.request(GET, recorder, true);
    const { id } = recorder.stream;
    await peer.expectHeaders();
    peer.send(ok(id), data(id, ascii("x")), frames.trailers(id));
    assertEquals(await peer.expectReset(id), 8);
    await peer.settled();
    assertEquals(recorder.events.at(-1), callback.slice(2).toLowerCase());
  }
});

test("a stream that the news of another's end leads to be cancelled is told nothing", async () => {
  await using peer = await connect();
  const [first, second] = [request(peer), request(peer)];
  const told = first.onReset.bind(first);
  first.onReset = (reset) => {
    told(reset);
    second.stream.cancel();
  };
  peer.socket.close();
  await first.over;
  await peer.connection.closed;
  assertEquals(second.events, []);
});

test("a handler may make requests from inside its callbacks", async () => {
  await using peer = await connect();
  const recorder = await requested(peer);
  let next: Recorder | undefined;
  recorder.onEnd = () => next = request(peer);
  peer.send(ok(1), frames.trailers(1));
  await peer.expectHeaders();
  assertEquals(next?.stream.id, 3);
});

test("repeated requests are a few bytes", async () => {
  await using peer = await connect();
  for (const bytes of [true, false, false]) {
    request(peer);
    const { payload } = await peer.expect(frames.HEADERS);
    assertEquals(payload.length > 4, bytes, toHex(payload));
  }
});

test("requests and answers of one turn go out in one write", async () => {
  await using peer = await connect();
  const before = peer.client.writes;
  const recorders = Array.from({ length: 50 }, () => request(peer));
  for (let i = 0; i < 50; i++) await peer.expectHeaders();
  assertEquals(peer.client.writes, before + 1);
  const again = recorders.map(async (recorder) => {
    await recorder.over;
    await Promise.resolve();
    return request(peer);
  });
  peer.send(...recorders.flatMap(({ stream: { id } }) => [ok(id), frames.trailers(id)]), frames.ping());
  await Promise.all(again);
  for (let i = 0; i < 51; i++) assert([frames.HEADERS, frames.PING].includes((await peer.next()).type));
  assertEquals(peer.client.writes, before + 2);
});
