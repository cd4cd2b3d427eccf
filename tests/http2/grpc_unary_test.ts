import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../harness.ts";
import { ascii, concat, hex, message } from "./bytes.ts";
import { call, serve, type Server, short, statusOf } from "./calls.ts";
import * as frames from "./frames.ts";

const { data, headers, ok, trailers } = frames;
const END = frames.END_HEADERS | frames.END_STREAM;

/** Takes the next request whole; returns its stream. */
async function take({ peer }: Server): Promise<number> {
  await peer.expectHeaders();
  return (await peer.expect(frames.DATA)).streamId;
}

test("a unary call sends gRPC's headers and one message, and takes one", async () => {
  await using server = await serve();
  const calling = server.session.unary(
    "/a.B/C",
    [["token", "secret"], ["hasleader", "true"]],
    ascii("request"),
    (bytes) => new TextDecoder().decode(bytes),
    { timeout: 1_500 },
  );
  const sent = await server.peer.expectHeaders();
  assertEquals(sent.map(({ name, value }) => `${name}: ${value}`), [
    ":method: POST",
    ":scheme: http",
    ":authority: test:1",
    ":path: /a.B/C",
    "te: trailers",
    "content-type: application/grpc",
    "user-agent: agent",
    "token: secret",
    "hasleader: true",
    "grpc-timeout: 1500m",
  ]);
  const { payload, flags } = await server.peer.expect(frames.DATA);
  assertEquals([payload, flags], [message(ascii("request")), frames.END_STREAM]);
  server.peer.send(ok(1), data(1, message(ascii("response"))), trailers(1));
  assertEquals(await calling, "response");
  assertEquals(server.peer.connection.streams, 0);
});

test("calls with the same metadata are some bytes each, and others are told apart", async () => {
  await using server = await serve();
  const seen: string[] = [];
  const sizes: number[] = [];
  for (const [token, timeout] of [["a", 10], ["a", 10], ["a", 10], ["b", 10], ["b", 7], ["a", 10]] as const) {
    void server.session.unary("/a.B/C", [["token", token]], ascii(""), String, { timeout: timeout * 1_000 })
      .catch(() => {});
    const before = server.peer.client.writes;
    const sent = await server.peer.expectHeaders();
    sizes.push(server.peer.client.writes - before);
    seen.push(sent.slice(-2).map(({ value }) => value).join());
    await server.peer.expect(frames.DATA);
  }
  assertEquals(seen, ["a,10000m", "a,10000m", "a,10000m", "b,10000m", "b,7000m", "a,10000m"]);
});

test("a response may come in any pieces, and may be empty", async () => {
  await using server = await serve();
  for (const content of ["response", ""]) {
    const bytes = message(ascii(content));
    for (let cut = 0; cut <= bytes.length; cut++) {
      const calling = call(server.session);
      const id = await take(server);
      server.peer.send(ok(id), data(id, bytes.subarray(0, cut)), data(id, bytes.subarray(cut)), trailers(id));
      assertEquals(await calling, content);
    }
  }
});

test("a large response comes whole, and the server is never held back", async () => {
  await using server = await serve();
  const content = Uint8Array.from({ length: 3_000_000 }, (_, i) => i * 7);
  const calling = server.session.unary("/a.B/C", [], ascii(""), (bytes) => bytes.slice());
  const id = await take(server);
  server.peer.send(ok(id));
  const bytes = message(content);
  for (let at = 0; at < bytes.length; at += 16_384) {
    server.peer.send(data(id, bytes.subarray(at, at + 16_384)));
  }
  server.peer.send(trailers(id));
  assertEquals(await calling, content);
  assertEquals((await server.peer.expect(frames.WINDOW_UPDATE)).streamId, id);
});

test("a status that is not OK rejects with code, decoded message and trailers", async () => {
  await using server = await serve();
  const calling = call(server.session);
  const id = await take(server);
  const message = "%09%0atest with whitespace%0d%0aand Unicode BMP %E2%98%BA and non-BMP %F0%9F%98%88%09%0a";
  server.peer.send(ok(id), trailers(id, { "grpc-status": "5", "grpc-message": message, extra: "x" }));
  const status = await statusOf(calling);
  assertEquals(short(status), "5 maybe");
  assertEquals(status.details, "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n");
  assertEquals(status.trailers.at(-1), { name: "extra", value: "x" });
  server.peer.send(frames.ping());
  await server.peer.expect(frames.PING);
});

test("a response of trailers alone gives its status", async () => {
  await using server = await serve();
  const calling = call(server.session);
  const id = await take(server);
  server.peer.send(
    headers(id, { ...frames.OK_HEADERS, "grpc-status": "12", "grpc-message": "no such" }, END),
  );
  const status = await statusOf(calling);
  assertEquals([short(status), status.details], ["12 maybe", "no such"]);
});

/** What a server can answer wrongly, and the status it gives: code, whether sent, whether the connection is lost. */
const WRONG: readonly (readonly [what: string, answer: (id: number) => Uint8Array, status: string])[] = [
  ["no message", (id) => concat(ok(id), trailers(id)), "13 maybe"],
  [
    "trailers alone with OK",
    (id) => headers(id, { ...frames.OK_HEADERS, "grpc-status": "0" }, END),
    "13 maybe",
  ],
  [
    "two messages",
    (id) => concat(ok(id), data(id, concat(message(ascii("a")), message(ascii("b")))), trailers(id)),
    "13 maybe",
  ],
  [
    "a message cut off",
    (id) => concat(ok(id), data(id, message(ascii("abc")).subarray(0, 7)), trailers(id)),
    "13 maybe",
  ],
  [
    "a message and the beginning of another",
    (id) => concat(ok(id), data(id, message(ascii("a"))), data(id, hex("00000000")), trailers(id)),
    "13 maybe",
  ],
  [
    "a second message, even before the end",
    (id) => concat(ok(id), data(id, message(ascii("a"))), data(id, message(ascii("b")))),
    "13 maybe",
  ],
  ["a prefix cut off", (id) => concat(ok(id), data(id, hex("000000")), trailers(id)), "13 maybe"],
  [
    "a compressed message",
    (id) => concat(ok(id), data(id, message(ascii("a"), 1)), trailers(id)),
    "13 maybe",
  ],
  [
    "END_STREAM without status behind DATA",
    (id) => concat(ok(id), data(id, message(ascii("a")), 1)),
    "13 maybe lost",
  ],
  ["END_STREAM without status behind headers", (id) => headers(id, frames.OK_HEADERS, END), "13 maybe lost"],
  ["200 without anything", (id) => headers(id, { ":status": "200" }, END), "13 maybe lost"],
  ["200 without content-type", (id) => headers(id, { ":status": "200" }), "13 maybe lost"],
  ["trailers without status", (id) => concat(ok(id), trailers(id, { a: "b" })), "13 maybe lost"],
  ["another content-type", (id) => headers(id, { ":status": "200", "content-type": "text/html" }), "2 maybe"],
  [
    "content-type application/grpcx",
    (id) => headers(id, { ":status": "200", "content-type": "application/grpcx" }),
    "2 maybe",
  ],
  ["a status that is no number", (id) => concat(ok(id), trailers(id, { "grpc-status": "x" })), "2 maybe"],
  ["HTTP status 400", (id) => headers(id, { ":status": "400" }, END), "13 maybe"],
  ["HTTP status 401", (id) => headers(id, { ":status": "401" }), "16 maybe"],
  ["HTTP status 403", (id) => headers(id, { ":status": "403" }), "7 maybe"],
  ["HTTP status 404", (id) => headers(id, { ":status": "404" }, END), "12 maybe"],
  ["HTTP status 429", (id) => headers(id, { ":status": "429" }), "14 maybe"],
  ["HTTP status 502", (id) => headers(id, { ":status": "502" }), "14 maybe"],
  ["HTTP status 418", (id) => headers(id, { ":status": "418" }), "2 maybe"],
  ["RST_STREAM NO_ERROR", (id) => frames.rstStream(id, 0x0), "13 maybe"],
  ["RST_STREAM PROTOCOL_ERROR", (id) => frames.rstStream(id, 0x1), "13 maybe"],
  ["RST_STREAM REFUSED_STREAM", (id) => frames.rstStream(id, 0x7), "14 no"],
  ["RST_STREAM CANCEL", (id) => frames.rstStream(id, 0x8), "1 maybe"],
  ["RST_STREAM ENHANCE_YOUR_CALM", (id) => frames.rstStream(id, 0xb), "8 maybe"],
  ["RST_STREAM INADEQUATE_SECURITY", (id) => frames.rstStream(id, 0xc), "7 maybe"],
  ["a malformed response", (id) => headers(id, { a: "b" }), "13 maybe"],
  ["GOAWAY below the stream", () => frames.goAway(0, 0), "14 no lost"],
];

for (const [what, answer, expected] of WRONG) {
  test(`${what} is never OK`, async () => {
    await using server = await serve();
    const calling = call(server.session);
    server.peer.send(answer(await take(server)));
    assertEquals(short(await statusOf(calling)), expected);
  });
}

test("a call whose header list the server does not take is refused once and for all", async () => {
  await using server = await serve({}, [[6, 200]]);
  const status = await statusOf(
    server.session.unary("/a.B/C", [["token", "x".repeat(200)]], ascii(""), String, {}),
  );
  assertEquals([short(status), status.details], ["8 no", "header list over the server's 200 bytes"]);
});

test("content-type may have a suffix or parameters", async () => {
  await using server = await serve();
  for (const type of ["application/grpc+proto", "application/grpc; charset=utf-8"]) {
    const calling = call(server.session);
    const id = await take(server);
    server.peer.send(headers(id, { ":status": "200", "content-type": type }));
    server.peer.send(data(id, message(ascii("x"))), trailers(id));
    assertEquals(await calling, "x");
  }
});

test("a message over the limit is refused at its prefix", async () => {
  await using server = await serve({}, [], 8);
  for (const prefix of [hex("00 00000009"), hex("00 ffffffff")]) {
    const calling = call(server.session);
    const id = await take(server);
    server.peer.send(ok(id), data(id, prefix));
    assertEquals(short(await statusOf(calling)), "8 maybe");
    assertEquals(await server.peer.expectReset(id), 8);
  }
  const calling = call(server.session);
  const id = await take(server);
  server.peer.send(ok(id), data(id, message(ascii("12345678"))), trailers(id));
  assertEquals(await calling, "12345678");
});

test("a declared length costs no memory", async () => {
  await using server = await serve();
  const calling = call(server.session);
  const id = await take(server);
  server.peer.send(ok(id), data(id, hex("00 ffffffff 61")), trailers(id));
  assertEquals(short(await statusOf(calling)), "13 maybe");
});

test("a response that cannot be decoded rejects with what the decoder threw", async () => {
  await using server = await serve();
  const decode = (): never => {
    throw new RangeError("index out of range");
  };
  const calling = assertRejects(() => server.session.unary("/a.B/C", [], ascii(""), decode), RangeError);
  const id = await take(server);
  server.peer.send(ok(id), data(id, message(ascii("x"))));
  await calling;
  assertEquals(await server.peer.expectReset(id), 8);
});

test("a deadline ends a call and tells the server", async () => {
  await using server = await serve();
  const calling = call(server.session, { timeout: 30 });
  const id = await take(server);
  const status = await statusOf(calling);
  assertEquals([short(status), status.details], ["4 maybe", "deadline exceeded"]);
  assertEquals(await server.peer.expectReset(id), 8);
});

test("deadlines end calls in their order, and only those that are late", async () => {
  await using server = await serve();
  const order: string[] = [];
  const calls = [["c", 60], ["a", 20], ["b", 20], ["d", 60], ["e", 60_000]] as const;
  for (const [name, timeout] of calls) {
    void call(server.session, { timeout }).then(() => order.push(`${name} ok`), () => order.push(name));
  }
  for (const _ of calls) await take(server);
  while (order.length < 4) await server.peer.next();
  server.peer.send(ok(9), data(9, message(ascii("x"))), trailers(9));
  await server.peer.settled();
  assertEquals(order, ["a", "b", "c", "d", "e ok"]);
});

test("a server that is out of time first gives DEADLINE_EXCEEDED too", async () => {
  await using server = await serve();
  const calling = call(server.session, { timeout: 40 });
  const id = await take(server);
  const until = performance.now() + 60;
  server.peer.send(frames.rstStream(id, 8));
  while (performance.now() < until);
  assertEquals((await statusOf(calling)).code, 4);
});

test("a call that waits for a slot at its deadline was certainly not executed", async () => {
  await using server = await serve({}, [[3, 1]]);
  const first = call(server.session);
  assertEquals(short(await statusOf(call(server.session, { timeout: 20 }))), "4 no");
  const id = await take(server);
  server.peer.send(ok(id), data(id, message(ascii("x"))), trailers(id));
  assertEquals(await first, "x");
});

test("a call that waits for a slot is given up by its signal, and never sent", async () => {
  await using server = await serve({}, [[3, 1]]);
  const first = call(server.session);
  const id = await take(server);
  const controller = new AbortController();
  const waiting = assertRejects(() => call(server.session, { signal: controller.signal }), Error, "enough");
  controller.abort(new Error("enough"));
  await waiting;
  const last = call(server.session);
  server.peer.send(ok(id), data(id, message(ascii("x"))), trailers(id));
  assertEquals(await first, "x");
  assertEquals(await take(server), id + 2);
  server.peer.send(ok(id + 2), data(id + 2, message(ascii("y"))), trailers(id + 2));
  assertEquals(await last, "y");
});

test("RST_STREAM NO_ERROR behind a whole answer to half a request is that answer", async () => {
  await using server = await serve({}, [[4, 0]]);
  const calling = call(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, message(ascii("x"))), trailers(1), frames.rstStream(1, 0));
  assertEquals(await calling, "x");
  assertEquals(server.peer.connection.streams, 0);
});

test("a signal gives a call up with its reason", async () => {
  await using server = await serve();
  const controller = new AbortController();
  const calling = assertRejects(() => call(server.session, { signal: controller.signal }), Error, "enough");
  const id = await take(server);
  controller.abort(new Error("enough"));
  await calling;
  assertEquals(await server.peer.expectReset(id), 8);
  await assertRejects(() => call(server.session, { signal: controller.signal }), Error, "enough");
  await server.peer.settled();
});

test("a call that was answered leaves no listener on its signal", async () => {
  await using server = await serve();
  const { signal } = new AbortController();
  let listeners = 0;
  const { addEventListener, removeEventListener } = signal;
  signal.addEventListener = (...args: Parameters<typeof addEventListener>) => {
    listeners++;
    addEventListener.apply(signal, args);
  };
  signal.removeEventListener = (...args: Parameters<typeof removeEventListener>) => {
    listeners--;
    removeEventListener.apply(signal, args);
  };
  const calling = call(server.session, { signal });
  const id = await take(server);
  assertEquals(listeners, 1);
  server.peer.send(ok(id), data(id, message(ascii("x"))), trailers(id));
  await calling;
  assertEquals(listeners, 0);
});

test("metadata that gRPC does not allow is refused without showing its value", async () => {
  await using server = await serve();
  for (const [name, value] of [["Token", "a"], ["to ken", "a"], ["token", "se\ncret"], ["token", "sécret"]]) {
    const error = await assertRejects(
      () => server.session.unary("/a.B/C", [[name, value]], ascii(""), String),
      TypeError,
      name,
    );
    assertEquals(error.message.includes(value.length > 1 ? value : "\0"), false);
  }
});

test("a lost connection is UNAVAILABLE, and certainly not sent when it was not", async () => {
  await using server = await serve();
  const sent = call(server.session);
  await take(server);
  const unsent = call(server.session);
  server.peer.client.fail(new Error("ECONNRESET"));
  assertEquals(short(await statusOf(sent)), "14 maybe lost");
  assertEquals(short(await statusOf(unsent)), "14 no lost");
  assertEquals(short(await statusOf(call(server.session))), "14 no lost");
});

test("a server that answers before the request is whole is told to forget the rest", async () => {
  await using server = await serve({}, [[4, 0]]);
  const calling = call(server.session);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), trailers(1, { "grpc-status": "8" }));
  assertEquals(short(await statusOf(calling)), "8 maybe");
  assertEquals(await server.peer.expectReset(1), 0);
  assertEquals(server.peer.connection.streams, 0);
});

test("calls on a closed connection leave no timer", async () => {
  await using server = await serve();
  const before = call(server.session, { timeout: 60_000 });
  const closed = server.peer.connection.close();
  const during = call(server.session, { timeout: 60_000 });
  await closed;
  for (const calling of [before, during, call(server.session, { timeout: 50_000 })]) {
    assertEquals(short(await statusOf(calling)), "14 no lost");
  }
});
