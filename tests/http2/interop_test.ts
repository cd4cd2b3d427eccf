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
  unary: { ...DEFINITION.unary, path: "/test.Test/UnimplementedCall" },
} as const;

const SPECIAL = "\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n";

/** What the test service of gRPC's interoperability tests does. */
const service = {
  async unary({ bytes }: Payload, context: CallContext) {
    const status = context.metadata.get("status");
    if (status !== undefined) throw new ServerError(Number(status), SPECIAL);
    if (context.metadata.get("sleep") !== undefined) {
      await new Promise((resolve) => context.signal.addEventListener("abort", resolve));
    }
    const echo = context.metadata.get("x-echo-initial");
    if (echo !== undefined) context.header.set("x-echo-initial", echo);
    const trailing = context.metadata.get("x-echo-trailing-bin");
    if (trailing !== undefined) context.trailer.set("x-echo-trailing-bin", trailing);
    return { bytes };
  },
  async *download({ bytes }: Payload) {
    for (const size of bytes) yield { bytes: new Uint8Array(size * 1_000) };
  },
  async upload(requests: AsyncIterable<Payload>) {
    let sum = 0;
    for await (const { bytes } of requests) sum += bytes.length;
    return { bytes: new TextEncoder().encode(String(sum)) };
  },
  async *chat(requests: AsyncIterable<Payload>) {
    for await (const request of requests) yield request;
  },
};

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

test("interop: status and message, the special one too, and custom metadata", async () => {
  await using running = await start();
  const calling = running.client.unary({ bytes: new Uint8Array() }, { metadata: Metadata({ status: "2" }) });
  const error = await assertRejects(() => calling, ClientError);
  assertEquals([error.code, error.details], [Status.UNKNOWN, SPECIAL]);
  const found: unknown[] = [];
  await running.client.unary({ bytes: new Uint8Array() }, {
    metadata: Metadata({ "x-echo-initial": "value", "x-echo-trailing-bin": Uint8Array.of(0xab, 0xab) }),
    onHeader: (header) => found.push(header.get("x-echo-initial")),
    onTrailer: (trailer) => found.push(...trailer.get("x-echo-trailing-bin") ?? []),
  });
  assertEquals(found, ["value", 0xab, 0xab]);
});

test("interop: unimplemented method", async () => {
  await using running = await start();
  const calling = createClient(MISSING, running.channel).unary({ bytes: new Uint8Array() });
  assertEquals((await assertRejects(() => calling, ClientError)).code, Status.UNIMPLEMENTED);
});

test("interop: cancel after begin, cancel after the first response", async () => {
  await using running = await start();
  async function* requests(signal: AbortSignal): AsyncGenerator<Payload> {
    yield { bytes: Uint8Array.of(1) };
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  }
  for (const responses of [0, 1]) {
    const controller = new AbortController();
    const chat = running.client.chat(requests(controller.signal), { signal: controller.signal })
      [Symbol.asyncIterator]();
    const first = chat.next();
    if (responses === 1) assertEquals((await first).value?.bytes, Uint8Array.of(1));
    controller.abort();
    await assertRejects(() => responses === 1 ? chat.next() : first, Error, "aborted");
  }
  assertEquals(running.connection.state, "open");
});

test("interop: timeout on a sleeping server", async () => {
  await using running = await start();
  const metadata = [["sleep", "1"]] as const;
  const calling = running.session.unary("/test.Test/UnaryCall", metadata, new Uint8Array(), String, {
    timeout: 50,
  });
  const error = await assertRejects(() => calling) as { status?: { code: number } };
  assertEquals(error.status?.code, Status.DEADLINE_EXCEEDED);
});

test("interop: 1,000 concurrent large calls", async () => {
  await using running = await start();
  const calls = Array.from({ length: 1_000 }, (_, i) => {
    const bytes = new Uint8Array(20_000 + i).fill(i);
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
