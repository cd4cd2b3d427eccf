import { assert, assertEquals, assertNotEquals } from "@std/assert";
import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { test } from "../harness.ts";
import type { Link } from "./rig/proxy/link.ts";
import { type ProxyOptions, TcpProxy } from "./rig/proxy/proxy.ts";

/** An echo behind a proxy. */
async function world(options: ProxyOptions = {}) {
  const sockets = new Set<Socket>();
  const server: Server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket);
    socket.on("error", () => {}).on("close", () => sockets.delete(socket));
    socket.pipe(socket);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const proxy = await TcpProxy.start(`http://127.0.0.1:${port}`, options);
  return {
    proxy,
    async [Symbol.asyncDispose]() {
      await proxy.close();
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A client that collects what it gets. */
class Client {
  readonly socket: Socket;
  readonly over: Promise<"end" | "reset">;
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #news = Promise.withResolvers<void>();

  private constructor(socket: Socket) {
    this.socket = socket;
    this.over = new Promise((resolve) => {
      socket.on("error", () => resolve("reset"));
      socket.on("end", () => resolve("end"));
    });
    socket.on("data", (bytes: Uint8Array) => {
      this.#chunks.push(bytes);
      this.#length += bytes.length;
      this.#news.resolve();
      this.#news = Promise.withResolvers();
    });
  }

  static async connect(proxy: TcpProxy): Promise<Client> {
    const [host, port] = proxy.address.split(":");
    const client = new Client(connect({ host, port: Number(port), allowHalfOpen: true }));
    await Promise.race([once(client.socket, "connect").catch(() => {}), client.over]);
    return client;
  }

  /** All that came so far. */
  get got(): Uint8Array {
    const got = new Uint8Array(this.#length);
    let at = 0;
    for (const chunk of this.#chunks) {
      got.set(chunk, at);
      at += chunk.length;
    }
    return got;
  }

  async until(length: number): Promise<void> {
    while (this.#length < length) await this.#news.promise;
  }
}

const BYTES = Uint8Array.from({ length: 100 }, (_, i) => i);
/** More than the buffers of sockets take: up to 32 MiB on the one side and 4 on the other, by the defaults of large machines. */
const LARGE = new Uint8Array(64 << 20).map((_, i) => i % 251);

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

test("a proxy carries both ways, also when its clients end in good order", async () => {
  await using w = await world();
  const client = await Client.connect(w.proxy);
  client.socket.end(BYTES);
  assertEquals(await client.over, "end");
  assertEquals(client.got, BYTES);
  assertEquals([w.proxy.accepted, client.socket.destroy().destroyed], [1, true]);
});

for (const how of ["end", "reset"] as const) {
  test(`a proxy cuts after any number of bytes by ${how}, and hands on those before`, async () => {
    let cut = 0;
    await using w = await world({ onLink: (link) => link.toClient.cutAfter(cut, how) });
    for (; cut < 20; cut++) {
      const client = await Client.connect(w.proxy);
      client.socket.write(BYTES);
      const over = await client.over;
      assertEquals(over, how);
      assertEquals(client.got, BYTES.subarray(0, cut));
      client.socket.destroy();
    }
  });
}

test("a proxy holds back without loss, and drops with a reset at the end", async () => {
  await using w = await world();
  const client = await Client.connect(w.proxy);
  client.socket.write(BYTES);
  await client.until(100);
  w.proxy.withhold();
  client.socket.write(BYTES);
  const { toServer } = w.proxy.links[0];
  while (toServer.forwarded < 200) await new Promise((resolve) => setTimeout(resolve, 1));
  assertEquals(client.got.length, 100);
  w.proxy.heal();
  await client.until(200);
  w.proxy.blackhole();
  client.socket.write(BYTES);
  while (!w.proxy.links[0].toServer.lost) await new Promise((resolve) => setTimeout(resolve, 1));
  w.proxy.heal();
  assertEquals(await client.over, "reset");
  assertEquals(client.got.length, 200);
});

test("a proxy that pauses hands nothing on and pushes its sender back, and loses nothing", async () => {
  await using paused = await world();
  await using free = await world();
  const [client, other] = await Promise.all([Client.connect(paused.proxy), Client.connect(free.proxy)]);
  client.socket.write(BYTES);
  await client.until(100);
  paused.proxy.pause();
  client.socket.write(LARGE);
  // As much goes both ways elsewhere meanwhile.
  other.socket.write(LARGE);
  await other.until(LARGE.length);
  const { toServer, toClient } = paused.proxy.links[0];
  assertEquals([toServer.forwarded, toClient.forwarded, client.got.length], [100, 100, 100]);
  assert(client.socket.writableLength > 0, "there is more to send than sockets can take");
  paused.proxy.heal();
  await client.until(100 + LARGE.length);
  assert(isSame(client.got.subarray(100), LARGE), "all of it, in order");
  for (const { socket } of [client, other]) socket.destroy();
});

test("a proxy is late, keeps the order, and flips a bit", async () => {
  let flipped: Link | undefined;
  await using w = await world({ onLink: (link) => flipped = link });
  const client = await Client.connect(w.proxy);
  while (flipped === undefined) await new Promise((resolve) => setTimeout(resolve, 1));
  flipped.toClient.flipAfter(42);
  w.proxy.delay(30);
  const started = performance.now();
  for (let i = 0; i < 10; i++) client.socket.write(BYTES.subarray(i * 10, i * 10 + 10));
  await client.until(100);
  assert(performance.now() - started >= 59, "30 ms each way");
  const { got } = client;
  assertNotEquals(got[42], 42);
  got[42] = 42;
  assertEquals(got, BYTES);
  client.socket.destroy();
});

test("a proxy refuses, half-closes, tells clients apart and cuts one alone", async () => {
  await using w = await world({ identify: (first) => `client ${first[0]}` });
  const clients = await Promise.all([1, 2].map(() => Client.connect(w.proxy)));
  for (const [i, client] of clients.entries()) {
    client.socket.write(BYTES.subarray(i, i + 1));
    await client.until(1);
  }
  assertEquals(w.proxy.links.map((link) => link.label).sort(), ["client 0", "client 1"]);
  w.proxy.links.find((link) => link.label === "client 1")!.cut("reset");
  assertEquals(await clients[1].over, "reset");
  w.proxy.links[0].halfClose("toServer");
  assertEquals(await clients[0].over, "end", "the echo ends when its client did");
  w.proxy.refuse(true);
  const refused = await Client.connect(w.proxy);
  assertEquals(await refused.over, "reset");
  for (const client of clients) client.socket.destroy();
});
