import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  type Dialer,
  EtcdClient,
  type EtcdClientOptions,
  EtcdTimeoutError,
  EtcdUnavailableError,
  type Session,
  type TlsOptions,
} from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { TestCa } from "../../src/testing/tls/test_ca.ts";
import { dial } from "../../src/transport/net/dial.ts";
import { test } from "../harness.ts";
import { discard, tcpServer, tlsServer } from "../net/servers.ts";

test("a connect that runs out of its own timeout is a TimeoutError that names the endpoint", async () => {
  await using silent = await tcpServer(discard);
  const endpoint = `127.0.0.1:${silent.port}`;
  await using client = new EtcdClient(endpoint);
  for (
    const attempt of [() => client.connect({ timeout: 100 }), () => client.withLock("l", { timeout: 100 })]
  ) {
    const error = await assertRejects(attempt, EtcdTimeoutError, "Cannot connect within 100 ms");
    assertEquals([error.name, error.maybeExecuted], ["TimeoutError", "no"]);
    assertStringIncludes(error.message, `${endpoint}: not answered yet`);
  }
});

test("a connect that runs out of the client's connectTimeout finds etcd unavailable", async () => {
  await using silent = await tcpServer(discard);
  await using client = new EtcdClient(`127.0.0.1:${silent.port}`, { connectTimeout: 100 });
  const error = await assertRejects(() => client.connect(), EtcdUnavailableError);
  assertEquals(error.maybeExecuted, "no");
  await assertRejects(
    () => client.connect({ timeout: 60_000 }),
    EtcdUnavailableError,
    "no answer within 100 ms",
  );
});

test("the connectTimeout covers the dial, the TLS handshake and the first SETTINGS", async () => {
  const ca = await TestCa.create();
  await using silent = await tcpServer(discard);
  await using settingless = await tlsServer(await ca.issue(), discard);
  const cases: readonly [number, EtcdClientOptions][] = [
    [silent.port, { dialer: () => new Promise(() => {}) }],
    [silent.port, {}],
    [silent.port, { tls: { caCerts: [ca.cert] } }],
    [settingless.port, { tls: { caCerts: [ca.cert] } }],
  ];
  for (const [port, options] of cases) {
    await using client = new EtcdClient(`127.0.0.1:${port}`, { ...options, connectTimeout: 300 });
    const connecting = () => client.connect({ timeout: 60_000 });
    await assertRejects(connecting, EtcdUnavailableError, "no answer within 300 ms");
  }
});

test("the tls function is asked again on every dial", async () => {
  await using server = await EtcdServer.start({ tls: true });
  const { tls, ...rest } = server.clientOptions;
  let asked = 0;
  const disconnected: (() => void)[] = [];
  await using client = new EtcdClient(server.endpoint, {
    ...rest,
    tls: () => Promise.resolve((asked++, tls as TlsOptions)),
    onEvent: ({ type }) => type === "disconnected" && disconnected.shift()?.(),
  });
  await using c = await client.connect();
  assertEquals(asked, 1);
  const lost = new Promise<void>((resolve) => disconnected.push(resolve));
  await server.kill();
  await lost;
  await server.restart();
  assertEquals(await c.get("k"), null);
  assert(asked >= 2, `${asked} times`);
});

test("a connectTimeout of 0 is none", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, connectTimeout: 0 });
  await using c = await client.connect();
  assertEquals(await c.get("k"), null);
});

test("what the tls function gives is checked on every dial, and it is not waited for longer than connecting may take", async () => {
  const dialing = (tls: () => Promise<TlsOptions>) =>
    new EtcdClient("127.0.0.1:1", { tls, connectTimeout: 100 }).connect({ timeout: 60_000 });
  await assertRejects(
    () => dialing(() => Promise.resolve({ caCerts: ["junk"] })),
    TypeError,
    "tls.caCerts[0]",
  );
  await assertRejects(() => dialing(() => Promise.resolve(5 as TlsOptions)), TypeError, "Cannot use tls");
  const closed = () => Promise.reject(new Error("the vault is closed"));
  await assertRejects(() => dialing(closed), EtcdUnavailableError, "the vault is closed");
  await assertRejects(() => dialing(() => new Promise(() => {})), EtcdUnavailableError, "within 100 ms");
});

test("withLock refuses what cannot be before it connects", async () => {
  await using client = new EtcdClient("127.0.0.1:1");
  await assertRejects(() => client.withLock(""), TypeError, "its name is empty");
  await assertRejects(() => client.withLock("jobs", () => {}, { ttl: 0.5 }), RangeError, "ttl");
  await assertRejects(() => client.withLock("jobs", { timeout: NaN }), RangeError, "timeout");
  const session = {} as Session;
  await assertRejects(
    () => client.withLock("jobs", { ttl: 5, session }),
    TypeError,
    "both a ttl and a session",
  );
});

test("a client with TLS takes only the members' URLs for TLS over", async () => {
  const both = ["--advertise-client-urls=http://127.0.0.1:1,https://127.0.0.1:2"];
  await using server = await EtcdServer.start({ tls: true, args: both });
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using _connected = await client.connect();
  assertEquals(await client.sync(), ["https://127.0.0.1:2"]);
});

test("a dialer that does not listen to its signal leaves no connection behind", async () => {
  await using server = await EtcdServer.start();
  const gate = Promise.withResolvers<void>();
  const closed = Promise.withResolvers<void>();
  const deaf: Dialer = async (target) => {
    await gate.promise;
    const socket = await dial(target, new AbortController().signal);
    const close = () => (socket.close(), closed.resolve());
    return { read: (into) => socket.read(into), write: (bytes) => socket.write(bytes), close };
  };
  await using client = new EtcdClient(server.endpoint, { dialer: deaf });
  await assertRejects(() => client.connect({ timeout: 50 }), EtcdTimeoutError);
  gate.resolve();
  await closed.promise;
});

test("of two connections that come up at once, one is used and the other is closed", async () => {
  await using server = await EtcdServer.start();
  const { port } = new URL(server.endpoint);
  let [opened, closed, heard] = [0, 0, 0];
  const [all, over] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  /** Sockets on which nothing is heard before there is something on both, and then on both in one turn. */
  const dialer: Dialer = async (target, signal) => {
    const socket = await dial(target, signal);
    opened++;
    let [first, open] = [true, true];
    return {
      async read(into) {
        const read = await socket.read(into);
        if (!first) return read;
        first = false;
        if (++heard === 2) all.resolve();
        await all.promise;
        return read;
      },
      write: (bytes) => socket.write(bytes),
      close() {
        if (open && ++closed === 2) over.resolve();
        open = false;
        socket.close();
      },
    };
  };
  const client = new EtcdClient([`127.0.0.1:${port}`, `localhost:${port}`], { dialer });
  const c = await client.connect();
  assertEquals(await c.get("k"), null);
  await client.close();
  await over.promise;
  assertEquals(opened, 2);
});
