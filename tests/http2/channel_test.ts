import { assertEquals, assertRejects } from "@std/assert";
import { type Channel, ClientError, createClient, Metadata, Status } from "nice-grpc";
import { nativeChannel } from "../../src/transport/grpc/channel.ts";
import { CONNECTION_LOST_TRAILER, SENT_TRAILER } from "../../src/transport/grpc/metadata.ts";
import { test } from "../harness.ts";
import { ascii, concat, message } from "./bytes.ts";
import { serve, type Server } from "./calls.ts";
import * as frames from "./frames.ts";

const { data, headers, ok, trailers } = frames;

/** A message; nice-grpc wants objects. */
interface Text {
  readonly text: string;
}

const coder = {
  serialize: ({ text }: Text): Uint8Array => new TextEncoder().encode(text),
  deserialize: (bytes: Uint8Array): Text => ({ text: new TextDecoder().decode(bytes) }),
};

function method(path: string, requestStream: boolean, responseStream: boolean) {
  return {
    path,
    requestStream,
    responseStream,
    requestSerialize: coder.serialize,
    requestDeserialize: coder.deserialize,
    responseSerialize: coder.serialize,
    responseDeserialize: coder.deserialize,
    options: {},
  };
}

const DEFINITION = {
  unary: { ...method("/a.B/Unary", false, false), requestStream: false, responseStream: false },
  download: { ...method("/a.B/Download", false, true), requestStream: false, responseStream: true },
  upload: { ...method("/a.B/Upload", true, false), requestStream: true, responseStream: false },
  chat: { ...method("/a.B/Chat", true, true), requestStream: true, responseStream: true },
} as const;

function clientOf(server: Server) {
  return createClient(DEFINITION, channelOf(server));
}

function channelOf({ session }: Server): Channel {
  return nativeChannel(session, "test:1");
}

function messages(...contents: readonly string[]): Uint8Array {
  return concat(...contents.map((content) => message(ascii(content))));
}

/** Waits for frames of the client that end a stream, and gives the content. */
async function upload({ peer }: Server): Promise<string> {
  for (let content = "";;) {
    const { type, flags, payload } = await peer.next();
    if (type !== frames.DATA) continue;
    for (let at = 0; at < payload.length; at += 5 + payload[at + 4]) {
      content += `${coder.deserialize(payload.subarray(at + 5, at + 5 + payload[at + 4])).text};`;
    }
    if ((flags & frames.END_STREAM) !== 0) return content;
  }
}

test("a unary call of nice-grpc is carried, with metadata of text and bytes both ways", async () => {
  await using server = await serve();
  let header: Metadata | undefined;
  let trailer: Metadata | undefined;
  const metadata = Metadata({ token: "secret", "raw-bin": new Uint8Array([1, 2, 3]) });
  metadata.append("many", "1").append("many", "2");
  const calling = clientOf(server).unary({ text: "hello" }, {
    metadata,
    onHeader: (got) => header = got,
    onTrailer: (got) => trailer = got,
  });
  calling.catch(() => {});
  const sent = (await server.peer.expectHeaders()).map(({ name, value }) => `${name}: ${value}`);
  assertEquals(sent.slice(3), [
    ":path: /a.B/Unary",
    "te: trailers",
    "content-type: application/grpc",
    "user-agent: agent",
    "token: secret",
    "raw-bin: AQID",
    "many: 1, 2",
  ]);
  assertEquals(await upload(server), "hello;");
  server.peer.send(
    headers(1, { ...frames.OK_HEADERS, "x": "y", "z-bin": "AQI" }),
    data(1, messages("world")),
    trailers(1, { "grpc-status": "0", "t": "u" }),
  );
  assertEquals(await calling, { text: "world" });
  assertEquals([header?.get("x"), [...header?.get("z-bin") ?? []]], ["y", [1, 2]]);
  assertEquals([...trailer ?? []].map(([name, values]) => [name, values.join()]), [["t", "u"]]);
});

test("a status is a ClientError, and the trailers say what the transport knows", async () => {
  await using server = await serve();
  const cases = [
    [
      () => trailers(1, { ...frames.OK_HEADERS, "grpc-status": "5", "grpc-message": "not %25 here" }),
      5,
      "maybe",
      "false",
    ],
    [() => frames.rstStream(3, 7), 14, "no", "false"],
    [() => headers(5, { ":status": "200" }, frames.END_HEADERS | frames.END_STREAM), 13, "maybe", "true"],
    // A server cannot pass its word for the transport's.
    [
      () => trailers(7, { ...frames.OK_HEADERS, "grpc-status": "13", [SENT_TRAILER]: "no" }),
      13,
      "maybe",
      "false",
    ],
    [() => frames.goAway(0, 0), 14, "no", "true"],
  ] as const;
  for (const [answer, code, sent, lost] of cases) {
    let trailer: Metadata | undefined;
    const calling = clientOf(server).unary({ text: "x" }, { onTrailer: (got) => trailer = got });
    const failing = assertRejects(() => calling, ClientError);
    await upload(server);
    server.peer.send(answer());
    const error = await failing;
    assertEquals([error.code, trailer?.get(SENT_TRAILER), trailer?.get(CONNECTION_LOST_TRAILER)], [
      code,
      sent,
      lost,
    ]);
    if (code === 5) assertEquals(error.details, "not % here");
  }
});

test("a call on a closed connection fails as not sent", async () => {
  await using server = await serve();
  await server.peer.connection.close();
  const error = await assertRejects(() => clientOf(server).unary({ text: "x" }), ClientError);
  assertEquals([error.code, error.details], [Status.UNAVAILABLE, "Connection closed"]);
});

test("a stream of responses is carried, and ends", async () => {
  await using server = await serve();
  const got: string[] = [];
  const reading = (async () => {
    for await (const item of clientOf(server).download({ text: "go" })) got.push(item.text);
  })();
  await upload(server);
  server.peer.send(ok(1), data(1, messages(...Array(100).fill("x"))), data(1, messages("last")), trailers(1));
  await reading;
  assertEquals([got.length, got[100]], [101, "last"]);
  assertEquals(server.peer.connection.streams, 0);
});

test("a stream of requests is carried, and waits for the server's window", async () => {
  await using server = await serve({}, [[4, 20]]);
  let given = 0;
  async function* requests() {
    for (; given < 100; given++) yield { text: `${given}` };
  }
  const calling = clientOf(server).upload(requests());
  await server.peer.expectHeaders();
  for (let received = 0; received < 20;) received += (await server.peer.expect(frames.DATA)).payload.length;
  await server.peer.settled();
  assertEquals(given < 100, true);
  server.peer.send(frames.windowUpdate(1, 10_000));
  await upload(server);
  server.peer.send(ok(1), data(1, messages("done")), trailers(1));
  assertEquals(await calling, { text: "done" });
});

test("messages go both ways at once", async () => {
  await using server = await serve();
  const asked = Promise.withResolvers<void>();
  async function* requests() {
    yield { text: "one" };
    await asked.promise;
    yield { text: "two" };
  }
  const responses = clientOf(server).chat(requests())[Symbol.asyncIterator]();
  const first = responses.next();
  await server.peer.expectHeaders();
  assertEquals((await server.peer.expect(frames.DATA)).payload, messages("one"));
  server.peer.send(ok(1), data(1, messages("1")));
  assertEquals(await first, { done: false, value: { text: "1" } });
  asked.resolve();
  assertEquals(await upload(server), "two;");
  server.peer.send(data(1, messages("2")), trailers(1));
  assertEquals(await responses.next(), { done: false, value: { text: "2" } });
  assertEquals((await responses.next()).done, true);
});

test("leaving a stream, or aborting it, resets it at the server", async () => {
  await using server = await serve();
  const controller = new AbortController();
  for (const [id, abort] of [[1, false], [3, true]] as const) {
    const responses = clientOf(server).download({ text: "go" }, { signal: controller.signal })
      [Symbol.asyncIterator]();
    const first = responses.next();
    await upload(server);
    server.peer.send(ok(id), data(id, messages("a")));
    await first;
    if (abort) {
      controller.abort();
      await assertRejects(() => responses.next(), Error, "aborted");
    } else {
      await responses.return!();
    }
    assertEquals(await server.peer.expectReset(id), 8);
  }
});

test("a reader that pauses holds the server back, and loses nothing when the connection ends", async () => {
  await using server = await serve({ initialStreamWindow: 2_000 });
  const responses = clientOf(server).download({ text: "go" })[Symbol.asyncIterator]();
  const first = responses.next();
  await upload(server);
  const sent = Array.from({ length: 100 }, (_, i) => `item ${String(i).padStart(10)}`);
  server.peer.send(ok(1), data(1, messages(...sent)));
  assertEquals((await first).value, { text: sent[0] });
  await server.peer.settled();
  server.peer.socket.close();
  const got = [sent[0]];
  const error = await assertRejects(async () => {
    for (;;) got.push((await responses.next()).value.text);
  }, ClientError);
  assertEquals([error.code, got], [Status.UNAVAILABLE, sent]);
});

test("a response that cannot be decoded fails its call alone", async () => {
  await using server = await serve();
  const definition = {
    unary: {
      ...DEFINITION.unary,
      responseDeserialize: () => {
        throw new Error("no such field");
      },
    },
  };
  const calling = createClient(definition, channelOf(server)).unary({ text: "x" });
  const failing = assertRejects(() => calling as Promise<unknown>, ClientError, "no such field");
  await upload(server);
  server.peer.send(ok(1), data(1, messages("a")), trailers(1));
  assertEquals((await failing).code, Status.INTERNAL);
  assertEquals(server.peer.connection.state, "open");
});

test("a message above the limit is refused", async () => {
  await using server = await serve({}, [], 8);
  const client = clientOf(server);
  const refused = assertRejects(() => client.unary({ text: "q" }), ClientError);
  await server.peer.expectHeaders();
  server.peer.send(ok(1), data(1, message(new Uint8Array(9))));
  assertEquals((await refused).code, Status.RESOURCE_EXHAUSTED);
});

test("a channel tells its target and the state of its connection", async () => {
  await using server = await serve();
  const channel = channelOf(server);
  assertEquals([channel.getTarget(), channel.getChannelzRef().name], ["test:1", "test:1"]);
  assertEquals(Number(channel.getConnectivityState(true)), 2);
  const late = await new Promise((resolve) => channel.watchConnectivityState(2, Date.now() + 10, resolve));
  assertEquals(late instanceof Error, true);
  const changed = new Promise((resolve) => channel.watchConnectivityState(2, Infinity, resolve));
  channel.close();
  assertEquals(await changed, undefined);
  assertEquals(Number(channel.getConnectivityState(true)), 4);
  assertEquals(
    await new Promise((resolve) => channel.watchConnectivityState(2, Infinity, resolve)),
    undefined,
  );
});

test("a deadline of grpc-js becomes a timeout", async () => {
  await using server = await serve();
  const call = channelOf(server).createCall("/a.B/C", new Date(Date.now() + 20), null, null, null);
  const { Metadata: GrpcJsMetadata } = await import("@grpc/grpc-js");
  const status = new Promise<{ code: number }>((resolve) =>
    call.start(new GrpcJsMetadata(), {
      onReceiveMetadata() {},
      onReceiveMessage() {},
      onReceiveStatus: resolve,
    })
  );
  const sent = await server.peer.expectHeaders();
  assertEquals(/^\d+m$/.test(sent.at(-1)!.value), true);
  assertEquals((await status).code, Status.DEADLINE_EXCEEDED);
  assertEquals([call.getPeer(), call.getAuthContext(), call.getCallNumber() > 0], ["test:1", null, true]);
});
