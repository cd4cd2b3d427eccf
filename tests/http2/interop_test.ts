import { assertEquals, assertRejects } from "@std/assert";
import {
  type CallContext,
  ClientError,
  createClient,
  createServer,
  Metadata,
  ServerError,
  Status,
} from "nice-grpc";
import { nativeChannel } from "../../src/transport/grpc/channel.ts";
import { GrpcSession } from "../../src/transport/grpc/session.ts";
import { Http2Connection } from "../../src/transport/http2/connection.ts";
import { dial } from "../../src/transport/net/dial.ts";
import { test } from "../harness.ts";
import { Listener, statusOf } from "./calls.ts";

/** A message: some bytes. */
interface Payload {
  readonly bytes: Uint8Array;
}

const coder = {
  serialize: ({ bytes }: Payload): Uint8Array => bytes,
  deserialize: (bytes: Uint8Array): Payload => ({ bytes: new Uint8Array(bytes) }),
};

const types = {
  requestSerialize: coder.serialize,
  requestDeserialize: coder.deserialize,
  responseSerialize: coder.serialize,
  responseDeserialize: coder.deserialize,
  options: {},
};

/** The methods of gRPC's interoperability tests, without their protobuf. */
const DEFINITION = {
  unary: { path: "/test.Test/UnaryCall", requestStream: false, responseStream: false, ...types },
  download: { path: "/test.Test/StreamingOutputCall", requestStream: false, responseStream: true, ...types },
  upload: { path: "/test.Test/StreamingInputCall", requestStream: true, responseStream: false, ...types },
  chat: { path: "/test.Test/FullDuplexCall", requestStream: true, responseStream: true, ...types },
} as const;

const MISSING = {
  method: { ...DEFINITION.unary, path: "/test.Test/UnimplementedCall" },
  service: { ...DEFINITION.unary, path: "/test.UnimplementedService/UnimplementedCall" },
  stream: { ...DEFINITION.chat, path: "/test.Test/UnimplementedStream" },
} as const;

const SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

/** Calls that the server knows to be over before it has answered them. */
let givenUp: { readonly count: number; readonly next: PromiseWithResolvers<void> } = newCount(0);

function newCount(count: number): typeof givenUp {
  return { count, next: Promise.withResolvers() };
}

/** Resolves when the server has learned of so many calls that are over. */
async function givenUpReaches(count: number): Promise<void> {
  while (givenUp.count < count) await givenUp.next.promise;
}

/** Sleeps until its call is over. */
function sleepOn(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) =>
    signal.addEventListener("abort", () => {
      const { count, next } = givenUp;
      givenUp = newCount(count + 1);
      next.resolve();
      reject(signal.reason);
    })
  );
}

/** What the test service of gRPC's interoperability tests does. */
const service = {
  async unary({ bytes }: Payload, context: CallContext) {
    const status = context.metadata.get("status");
    if (status !== undefined) throw new ServerError(Number(status), SPECIAL);
    if (context.metadata.get("sleep") !== undefined) await sleepOn(context.signal);
    const echo = context.metadata.get("x-echo-initial");
    if (echo !== undefined) context.header.set("x-echo-initial", echo);
    const trailing = context.metadata.get("x-echo-trailing-bin");
    if (trailing !== undefined) context.trailer.set("x-echo-trailing-bin", trailing);
    return { bytes };
  },
  async *download({ bytes }: Payload) {
    for (const size of bytes) yield { bytes: new Uint8Array(size * 1_000) };
  },
  async upload(requests: AsyncIterable<Payload>, context: CallContext) {
    if (context.metadata.get("sleep") !== undefined) await sleepOn(context.signal);
    let sum = 0;
    for await (const { bytes } of requests) sum += bytes.length;
    return { bytes: new TextEncoder().encode(String(sum)) };
  },
  async *chat(requests: AsyncIterable<Payload>, context: CallContext) {
    const status = context.metadata.get("status");
    for await (const request of requests) {
      if (status !== undefined) throw new ServerError(Number(status), SPECIAL);
      yield request;
      if (context.metadata.get("sleep") !== undefined) await sleepOn(context.signal);
    }
  },
};

/** A request. */
async function* once(bytes: Uint8Array): AsyncGenerator<Payload> {
  yield { bytes };
}

/** A grpc-js server and a connection to it. */
async function start() {
  const server = createServer({ "grpc.max_receive_message_length": -1 });
  server.add(DEFINITION, service);
  const port = await server.listen("127.0.0.1:0");
  const socket = await dial({ host: "127.0.0.1", port }, new AbortController().signal);
  const connection = await Http2Connection.open(socket, { keepAlive: {} });
  const authority = `127.0.0.1:${port}`;
  const session = new GrpcSession(connection, { scheme: "http", authority, userAgent: "test" });
  const channel = nativeChannel(session, authority);
  return {
    connection,
    session,
    channel,
    client: createClient(DEFINITION, channel),
    async [Symbol.asyncDispose]() {
      await connection.close();
      await server.shutdown();
    },
  };
}

test("interop: empty and large unary calls", async () => {
  await using running = await start();
  for (const size of [0, 271_828, 5_000_000]) {
    const bytes = Uint8Array.from({ length: size }, (_, i) => i);
    assertEquals(await running.client.unary({ bytes }), { bytes });
  }
});

test("interop: client, server and bidirectional streaming", async () => {
  await using running = await start();
  async function* requests(): AsyncGenerator<Payload> {
    for (const size of [27_182, 8, 1_828, 45_904]) yield { bytes: new Uint8Array(size) };
  }
  assertEquals(new TextDecoder().decode((await running.client.upload(requests())).bytes), "74922");
  const sizes: number[] = [];
  for await (const { bytes } of running.client.download({ bytes: Uint8Array.of(31, 9, 0, 58) })) {
    sizes.push(bytes.length);
  }
  assertEquals(sizes, [31_000, 9_000, 0, 58_000]);
  const echoed: number[] = [];
  for await (const { bytes } of running.client.chat(requests())) echoed.push(bytes.length);
  assertEquals(echoed, [27_182, 8, 1_828, 45_904]);
});

test("interop: ping-pong and an empty stream", async () => {
  await using running = await start();
  let wake = () => {};
  let answered = 0;
  async function* requests(): AsyncGenerator<Payload> {
    for (let i = 0; i < 5; i++) {
      if (i > answered) await new Promise<void>((resolve) => wake = resolve);
      yield { bytes: Uint8Array.of(i) };
    }
  }
  for await (const { bytes } of running.client.chat(requests())) {
    assertEquals(bytes[0], answered++);
    wake();
  }
  assertEquals(answered, 5);
  for await (const _ of running.client.chat((async function* () {})())) throw new Error("unexpected");
});

test("interop: status and message, the special one too, of a unary call and of a stream", async () => {
  await using running = await start();
  const metadata = Metadata({ status: "2" });
  const responses = running.client.chat(once(Uint8Array.of(1)), { metadata })[Symbol.asyncIterator]();
  const calls = [running.client.unary({ bytes: new Uint8Array() }, { metadata }), responses.next()];
  for (const calling of calls) {
    const error = await assertRejects(() => calling as Promise<unknown>, ClientError);
    assertEquals([error.code, error.details], [Status.UNKNOWN, SPECIAL]);
  }
});

test("interop: custom metadata", async () => {
  await using running = await start();
  const found: unknown[] = [];
  await running.client.unary({ bytes: new Uint8Array() }, {
    metadata: Metadata({ "x-echo-initial": "value", "x-echo-trailing-bin": Uint8Array.of(0xab, 0xab) }),
    onHeader: (header) => found.push(header.get("x-echo-initial")),
    onTrailer: (trailer) => found.push(...trailer.get("x-echo-trailing-bin") ?? []),
  });
  assertEquals(found, ["value", 0xab, 0xab]);
});

test("interop: unimplemented method, service and stream", async () => {
  await using running = await start();
  const missing = createClient(MISSING, running.channel);
  const stream = missing.stream(once(Uint8Array.of(1)))[Symbol.asyncIterator]();
  const request = { bytes: new Uint8Array() };
  for (const calling of [missing.method(request), missing.service(request), stream.next()]) {
    const error = await assertRejects(() => calling as Promise<unknown>, ClientError);
    assertEquals(error.code, Status.UNIMPLEMENTED);
  }
});

test("interop: cancel after begin, which the server learns", async () => {
  await using running = await start();
  const before = givenUp.count;
  const controller = new AbortController();
  const options = { signal: controller.signal, metadata: Metadata({ sleep: "1" }) };
  async function* nothingYet(): AsyncGenerator<Payload> {
    await new Promise((resolve) => controller.signal.addEventListener("abort", resolve));
    yield { bytes: new Uint8Array() };
  }
  const uploading = running.client.upload(nothingYet(), options);
  const failing = assertRejects(() => uploading, Error, "aborted");
  // It has begun when a later call is answered.
  await running.client.unary({ bytes: new Uint8Array() });
  controller.abort();
  await failing;
  await givenUpReaches(before + 1);
  assertEquals([running.connection.state, running.connection.streams], ["open", 0]);
});

test("interop: cancel after the first response, which the server learns", async () => {
  await using running = await start();
  const before = givenUp.count;
  const controller = new AbortController();
  const options = { signal: controller.signal, metadata: Metadata({ sleep: "1" }) };
  const chat = running.client.chat(once(Uint8Array.of(1)), options)[Symbol.asyncIterator]();
  assertEquals((await chat.next()).value?.bytes, Uint8Array.of(1));
  controller.abort();
  await assertRejects(() => chat.next(), Error, "aborted");
  await givenUpReaches(before + 1);
  assertEquals([running.connection.state, running.connection.streams], ["open", 0]);
});

test("interop: timeout on a sleeping server, of a unary call and of a stream", async () => {
  await using running = await start();
  const metadata = [["sleep", "1"]] as const;
  const bounds = { timeout: 50 };
  const calling = running.session.unary("/test.Test/UnaryCall", metadata, new Uint8Array(), String, bounds);
  const listener = new Listener();
  listener.call = running.session.open("/test.Test/FullDuplexCall", metadata, listener, bounds);
  listener.call.send(Uint8Array.of(1));
  assertEquals((await statusOf(calling)).code, Status.DEADLINE_EXCEEDED);
  assertEquals((await listener.over).code, Status.DEADLINE_EXCEEDED);
});

test("interop: 1,000 concurrent large calls", async () => {
  await using running = await start();
  const calls = Array.from({ length: 1_000 }, (_, i) => {
    // More than the 65,535 bytes that either window has at first.
    const bytes = new Uint8Array(70_000 + i).fill(i);
    return running.session.unary(
      "/test.Test/UnaryCall",
      [],
      bytes,
      (got) => got.length === bytes.length && got[i] === bytes[i],
    );
  });
  assertEquals((await Promise.all(calls)).every((same) => same), true);
  assertEquals(running.connection.streams, 0);
});
