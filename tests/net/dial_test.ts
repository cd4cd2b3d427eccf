import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import { test } from "../harness.ts";
import { DialError } from "../../src/transport/net/dial_error.ts";
import { dial } from "../../src/transport/net/dial.ts";
import { closing, DIALERS, NEVER, pattern, readFull, rejection } from "./dialers.ts";
import { echo, tcpServer, unusedPort } from "./servers.ts";

test("the runtime's own dialer is found", async () => {
  await using server = await tcpServer(echo);
  using socket = closing(await dial({ host: "127.0.0.1", port: server.port }, NEVER));
  await socket.write(pattern(10));
  assertEquals(await readFull(socket, 10), pattern(10));
});

for (const [name, dialer] of DIALERS) {
  test(`${name}: names and IPv6 addresses are dialed`, async () => {
    for (const [host, address] of [["::1", "::1"], ["127.0.0.1", "127.0.0.1"], ["localhost", "127.0.0.1"]]) {
      await using server = await tcpServer(echo, address);
      using socket = closing(await dialer({ host, port: server.port }, NEVER));
      await socket.write(pattern(10));
      assertEquals(await readFull(socket, 10), pattern(10));
    }
  });

  test(`${name}: a port on which nothing listens is refused`, async () => {
    const port = await unusedPort();
    for (const host of ["127.0.0.1", "localhost", "::1"]) {
      const error = await rejection(dialer({ host, port }, NEVER));
      assertInstanceOf(error, DialError);
      assertEquals([error.kind, error.host, error.port], ["refused", host, port]);
      const at = host === "::1" ? `[::1]:${port}` : `${host}:${port}`;
      assertStringIncludes(error.message, `Cannot connect to ${at}: connection refused`);
      assert(error.cause instanceof Error);
    }
  });

  test(`${name}: a name that has no address is not resolved`, async () => {
    // No resolver is asked for a name with an empty label.
    const error = await rejection(dialer({ host: "etcd..example", port: 2379 }, NEVER));
    assertInstanceOf(error, DialError);
    assertEquals(error.kind, "unresolved");
  });

  test(`${name}: an aborted signal dials nothing`, async () => {
    await using server = await tcpServer(echo);
    const reason = new Error("enough");
    const dialing = dialer({ host: "127.0.0.1", port: server.port }, AbortSignal.abort(reason));
    assertEquals(await rejection(dialing), reason);
    assertEquals(server.accepted.length, 0);
  });

  test(`${name}: an abort while connecting throws its reason and leaves no connection`, async () => {
    await using server = await tcpServer(echo);
    const controller = new AbortController();
    const reason = new Error("enough");
    const dialing = rejection(dialer({ host: "127.0.0.1", port: server.port }, controller.signal));
    controller.abort(reason);
    assertEquals(await dialing, reason);
    await server.idle();
  });

  test(`${name}: an abort after connecting changes nothing`, async () => {
    await using server = await tcpServer(echo);
    const controller = new AbortController();
    using socket = closing(await dialer({ host: "127.0.0.1", port: server.port }, controller.signal));
    controller.abort();
    await socket.write(pattern(10));
    assertEquals(await readFull(socket, 10), pattern(10));
  });
}
