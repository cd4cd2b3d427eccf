import { assertEquals } from "@std/assert";
import process from "node:process";
import { setImmediate } from "node:timers";
import { test } from "../harness.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { DIALERS, NEVER, rejection } from "./dialers.ts";
import { echo, tcpServer, tlsServer } from "./servers.ts";

const ca = await TestCa.create();
const loopback = await ca.issue();
const trusted = { caCerts: [ca.cert] };
const untrusted = { caCerts: [(await TestCa.create()).cert] };

/** What the event loop waits for; Bun tells nothing, so that there the server's view of it counts. */
function active(): string[] {
  return process.getActiveResourcesInfo().filter((resource) => resource !== "Immediate").sort();
}

for (const [name, dialer] of DIALERS) {
  test(`${name}: nothing is left of sockets that were closed, refused or abandoned`, async () => {
    const before = active();
    {
      await using plain = await tcpServer(echo);
      await using secure = await tlsServer(loopback);
      for (let round = 0; round < 10; round++) {
        const socket = await dialer({ host: "127.0.0.1", port: plain.port }, NEVER);
        const read = socket.read(new Uint8Array(1));
        socket.close();
        await read;
        const target = { host: "127.0.0.1", port: secure.port, tls: trusted };
        (await dialer(target, NEVER)).close();
        await rejection(dialer({ ...target, tls: untrusted }, NEVER));
        for (const abandoned of [target, { host: "127.0.0.1", port: plain.port }]) {
          const controller = new AbortController();
          const dialing = rejection(dialer(abandoned, controller.signal));
          controller.abort(new Error("enough"));
          await dialing;
        }
      }
      await Promise.all([plain.idle(), secure.idle()]);
    }
    for (let turn = 0; turn < 1000 && active().length > before.length; turn++) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assertEquals(active(), before);
  });

  test(`${name}: a dial leaves no listener on its signal`, async () => {
    await using plain = await tcpServer(echo);
    await using secure = await tlsServer(loopback);
    const controller = new AbortController();
    let listeners = 0;
    const { signal } = controller;
    const add = signal.addEventListener.bind(signal);
    const remove = signal.removeEventListener.bind(signal);
    signal.addEventListener = (...args: Parameters<typeof add>) => (listeners++, add(...args));
    signal.removeEventListener = (...args: Parameters<typeof remove>) => (listeners--, remove(...args));
    (await dialer({ host: "127.0.0.1", port: plain.port }, signal)).close();
    const target = { host: "127.0.0.1", port: secure.port, tls: trusted };
    (await dialer(target, signal)).close();
    await rejection(dialer({ ...target, tls: untrusted }, signal));
    assertEquals(listeners, 0);
  });
}
