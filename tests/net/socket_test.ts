import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import type { Socket as NetSocket } from "node:net";
import { test } from "../harness.ts";
import { closing, DIALERS, NEVER, pattern, readFull, rejection } from "./dialers.ts";
import { discard, echo, tcpServer } from "./servers.ts";

const HOST = "127.0.0.1";

for (const [name, dialer] of DIALERS) {
  test(`${name}: a socket reads what its peer sends back`, async () => {
    await using server = await tcpServer(echo);
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    for (const length of [1, 100, 70_000]) {
      await socket.write(pattern(length));
      assertEquals(await readFull(socket, length), pattern(length));
    }
  });

  test(`${name}: a read takes no more than its buffer holds and loses nothing`, async () => {
    await using server = await tcpServer((peer) => peer.end(pattern(1000)));
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    const into = new Uint8Array(7);
    const bytes: number[] = [];
    for (let read = await socket.read(into); read !== null; read = await socket.read(into)) {
      bytes.push(...into.subarray(0, read));
    }
    assertEquals(new Uint8Array(bytes), pattern(1000));
  });

  test(`${name}: a write waits for a peer that does not read, and nothing is lost`, async () => {
    const peerReady = Promise.withResolvers<NetSocket>();
    await using server = await tcpServer((peer) => peerReady.resolve(peer.pause()));
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    const length = 16 * 1024 * 1024;
    let written = false;
    const write = socket.write(pattern(length)).then(() => written = true);
    const peer = await peerReady.promise;
    const received: Uint8Array[] = [];
    let size = 0;
    const all = Promise.withResolvers<void>();
    assertEquals(written, false);
    peer.on("data", (bytes: Uint8Array) => {
      received.push(bytes);
      size += bytes.length;
      if (size === length) all.resolve();
    }).resume();
    await write;
    await all.promise;
    assertEquals(await digest(received), await digest([pattern(length)]));
  });

  test(`${name}: the buffer of a write may be used again when it has settled`, async () => {
    await using server = await tcpServer(echo);
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    const buffer = new Uint8Array(300_000);
    const rounds = 5;
    const reading = readFull(socket, rounds * buffer.length);
    for (let round = 0; round < rounds; round++) {
      buffer.set(pattern(buffer.length, round));
      await socket.write(buffer);
    }
    const expected = Array.from({ length: rounds }, (_, round) => pattern(buffer.length, round));
    assertEquals(await digest([await reading]), await digest(expected));
  });

  test(`${name}: a peer is not read from faster than the socket is`, async () => {
    let drained = false;
    await using server = await tcpServer((peer) => {
      peer.write(new Uint8Array(64 * 1024 * 1024), () => drained = true);
    });
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    await readFull(socket, 1_000_000);
    assertEquals(drained, false);
    await readFull(socket, 63 * 1024 * 1024);
  });

  test(`${name}: after its peer's end a socket reads null and can still write`, async () => {
    const received = Promise.withResolvers<string>();
    await using server = await tcpServer((peer) => {
      peer.end("bye");
      peer.on("data", (bytes) => received.resolve(bytes.toString()));
    });
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    assertEquals(new TextDecoder().decode(await readFull(socket, 3)), "bye");
    assertEquals(await socket.read(new Uint8Array(1)), null);
    assertEquals(await socket.read(new Uint8Array(1)), null);
    await socket.write(new TextEncoder().encode("last words"));
    assertEquals(await received.promise, "last words");
  });

  test(`${name}: a reset by the peer fails the read`, async () => {
    const peerReady = Promise.withResolvers<NetSocket>();
    await using server = await tcpServer((peer) => peerReady.resolve(peer));
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    const read = socket.read(new Uint8Array(1));
    (await peerReady.promise).resetAndDestroy();
    assertInstanceOf(await rejection(read), Error);
  });

  test(`${name}: writes to a peer that is gone fail in the end`, async () => {
    await using server = await tcpServer((peer) => {
      peer.once("data", () => peer.resetAndDestroy());
    });
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    await assertRejects(async () => {
      for (;;) await socket.write(new Uint8Array(100_000));
    }, Error);
  });

  test(`${name}: closing ends a pending read with null`, async () => {
    await using server = await tcpServer(discard);
    const socket = await dialer({ host: HOST, port: server.port }, NEVER);
    const read = socket.read(new Uint8Array(1));
    socket.close();
    assertEquals(await read, null);
    await server.idle();
  });

  test(`${name}: closing fails a pending write`, async () => {
    await using server = await tcpServer((peer) => void peer.pause());
    const socket = await dialer({ host: HOST, port: server.port }, NEVER);
    const write = rejection(socket.write(new Uint8Array(32 * 1024 * 1024)));
    socket.close();
    assertInstanceOf(await write, Error);
  });

  test(`${name}: a closed socket reads null, refuses to write and closes again`, async () => {
    await using server = await tcpServer((peer) => {
      peer.write("unread");
      discard(peer);
    });
    const socket = await dialer({ host: HOST, port: server.port }, NEVER);
    socket.close();
    socket.close();
    assertEquals(await socket.read(new Uint8Array(1)), null);
    const error = await assertRejects(() => socket.write(new Uint8Array(1)), Error);
    assertEquals(error.message, "Cannot write: the socket is closed");
    await server.idle();
  });

  test(`${name}: writing nothing is no write`, async () => {
    await using server = await tcpServer(echo);
    using socket = closing(await dialer({ host: HOST, port: server.port }, NEVER));
    await socket.write(new Uint8Array(0));
    await socket.write(pattern(3));
    assertEquals(await readFull(socket, 3), pattern(3));
  });
}

async function digest(chunks: readonly Uint8Array[]): Promise<Uint8Array> {
  const bytes = new Uint8Array(await new Blob(chunks as Uint8Array<ArrayBuffer>[]).arrayBuffer());
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
