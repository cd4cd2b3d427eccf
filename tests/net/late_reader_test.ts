import { assertEquals, assertRejects } from "@std/assert";
import { Buffer } from "node:buffer";
import { connect } from "node:net";
import { test } from "../harness.ts";
import type { DialTarget, Socket } from "../../src/socket.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { NodeSocket } from "../../src/transport/net/node_socket.ts";
import { closing, DIALERS, NEVER, pattern, readFull } from "./dialers.ts";
import { type LoopbackServer, type OnConnection, tcpServer, tlsServer } from "./servers.ts";

const ca = await TestCa.create();
const loopback = await ca.issue();

/** Each way to connect, with a server for it. */
const WAYS: readonly (readonly [
  name: string,
  start: (onConnection: OnConnection) => Promise<LoopbackServer>,
  target: (port: number) => DialTarget,
])[] = [
  ["TCP", (onConnection) => tcpServer(onConnection), (port) => ({ host: "127.0.0.1", port })],
  [
    "TLS",
    (onConnection) => tlsServer(loopback, onConnection),
    (port) => ({ host: "127.0.0.1", port, tls: { caCerts: [ca.cert] } }),
  ],
];

/** What each server sends before it ends. */
const SENT = pattern(1_000_000);

/** Everything up to the end, read so slowly at first that it has long arrived. */
async function readSlowly(socket: Socket): Promise<Uint8Array> {
  const all = new Uint8Array(SENT.length + 1);
  let length = 0;
  for (let reads = 1;; reads++) {
    const read = await socket.read(all.subarray(length, length + 50_000));
    if (read === null) return all.subarray(0, length);
    length += read;
    if (reads < 10) await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

for (const [name, dialer] of DIALERS) {
  for (const [way, start, target] of WAYS) {
    test(`${name}: over ${way} a reader that comes late finds everything, and then the end`, async () => {
      await using server = await start((peer) => void peer.resume().end(SENT));
      for (let round = 0; round < 5; round++) {
        using socket = closing(await dialer(target(server.port), NEVER));
        assertEquals(Buffer.compare(await readSlowly(socket), SENT), 0);
      }
    });
  }
}

test("a socket that cannot be paused gives up when too much is left unread", async () => {
  await using server = await tcpServer((peer) => void peer.resume().write(new Uint8Array(64 * 1024 * 1024)));
  const socket = new NodeSocket(
    { writesAtOnce: true, pauses: false },
    (onread) => connect({ host: "127.0.0.1", port: server.port, onread }),
    (error) => error,
  );
  await new Promise((resolve) => socket.raw.once("close", resolve));
  await readFull(socket, 16 * 1024 * 1024);
  await assertRejects(
    () => readFull(socket, 64 * 1024 * 1024),
    Error,
    "Cannot read: too much was left unread",
  );
  socket.close();
});
