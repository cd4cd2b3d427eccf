import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { test } from "../harness.ts";
import { DialError } from "../../src/transport/net/dial_error.ts";
import { workerdDialer } from "../../src/transport/net/workerd.ts";
import { NEVER, pattern, readFull, rejection } from "./dialers.ts";

const TARGET = { host: "10.0.0.1", port: 2379 };

/** What `connect` of `cloudflare:sockets` returns, in memory; what is written is kept. */
class FakeSocket {
  readonly opened: Promise<object>;
  readonly written: Uint8Array[] = [];
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  closed = 0;
  #peer!: ReadableByteStreamController;

  constructor(opened: Promise<object> = Promise.resolve({})) {
    this.opened = opened;
    this.readable = new ReadableStream({
      type: "bytes",
      start: (controller) => void (this.#peer = controller),
    });
    this.writable = new WritableStream({ write: (bytes) => void this.written.push(bytes.slice()) });
  }

  /** The peer sends bytes. */
  send(bytes: Uint8Array): void {
    this.#peer.enqueue(bytes.slice());
  }

  /** The peer sends no more. */
  end(): void {
    this.#peer.close();
    this.#peer.byobRequest?.respond(0);
  }

  /** The connection is lost. */
  lose(): void {
    this.#peer.error(new Error("Network connection lost."));
  }

  close(): Promise<void> {
    this.closed++;
    return Promise.resolve();
  }
}

test("a worker's socket is asked for plaintext that may be half open", async () => {
  const asked: unknown[] = [];
  const dialer = workerdDialer((...args) => {
    asked.push(args);
    return new FakeSocket();
  });
  for (const host of ["10.0.0.1", "::1"]) (await dialer({ host, port: 2379 }, NEVER)).close();
  const options = { secureTransport: "off", allowHalfOpen: true };
  assertEquals(asked, [
    [{ hostname: "10.0.0.1", port: 2379 }, options],
    [{ hostname: "[::1]", port: 2379 }, options],
  ]);
});

test("in a worker TLS is a TypeError and dials nothing", async () => {
  const dialer = workerdDialer(() => {
    throw new Error("dialed");
  });
  await assertRejects(() => dialer({ ...TARGET, tls: {} }, NEVER), TypeError, "no ALPN");
});

test("a worker's socket reads and writes", async () => {
  const fake = new FakeSocket();
  const socket = await workerdDialer(() => fake)(TARGET, NEVER);
  await socket.write(pattern(5));
  assertEquals(fake.written, [pattern(5)]);
  fake.send(pattern(200_000));
  fake.send(pattern(3, 9));
  assertEquals(await readFull(socket, 200_000), pattern(200_000));
  const read = readFull(socket, 3);
  assertEquals(await read, pattern(3, 9));
  fake.end();
  assertEquals([await socket.read(new Uint8Array(1)), await socket.read(new Uint8Array(1))], [null, null]);
  socket.close();
});

test("a worker's socket that is lost fails its read", async () => {
  const fake = new FakeSocket();
  const socket = await workerdDialer(() => fake)(TARGET, NEVER);
  const read = rejection(socket.read(new Uint8Array(1)));
  fake.lose();
  assertInstanceOf(await read, Error);
  socket.close();
});

test("closing a worker's socket ends its read, and once is enough", async () => {
  const fake = new FakeSocket();
  const socket = await workerdDialer(() => fake)(TARGET, NEVER);
  const read = socket.read(new Uint8Array(1));
  socket.close();
  socket.close();
  assertEquals([await read, await socket.read(new Uint8Array(1)), fake.closed], [null, null, 1]);
  await assertRejects(() => socket.write(pattern(1)), Error, "Cannot write: the socket is closed");
});

test("a worker that cannot connect says where to, and closes what it has", async () => {
  const fake = new FakeSocket(Promise.reject(new Error("proxy request failed, cannot connect")));
  const error = await rejection(workerdDialer(() => fake)(TARGET, NEVER));
  assertInstanceOf(error, DialError);
  assertEquals([error.kind, error.host, error.port, fake.closed], ["unreachable", "10.0.0.1", 2379, 1]);
});

test("an abort while a worker connects throws its reason and closes the socket", async () => {
  const controller = new AbortController();
  const reason = new Error("enough");
  const fake = new FakeSocket(new Promise(() => {}));
  const dialing = rejection(workerdDialer(() => fake)(TARGET, controller.signal));
  controller.abort(reason);
  assertEquals([await dialing, fake.closed], [reason, 1]);
  const aborted = AbortSignal.abort(reason);
  assertEquals(await rejection(workerdDialer(() => fake)(TARGET, aborted)), reason);
});
