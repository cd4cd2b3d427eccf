import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";
import {
  type ClientEvent,
  type ClientMiddleware,
  EtcdClient,
  EtcdError,
  EtcdInvalidArgumentError,
  EtcdTimeoutError,
  EtcdTooManyRequestError,
  EtcdUnauthenticatedError,
  EtcdUnavailableError,
  HostPortPair,
} from "../../mod.ts";
import { EtcdCluster, EtcdServer, TestCa } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

/** Resolves with the first event of a type. */
function eventOf(type: ClientEvent["type"]) {
  const { promise, resolve } = Promise.withResolvers<ClientEvent>();
  return { seen: promise, onEvent: (event: ClientEvent) => event.type === type && resolve(event) };
}

function hostPort(server: EtcdServer): HostPortPair {
  return HostPortPair.parse(new URL(server.endpoint).host);
}

test("a client is made without opening anything, and its communicators share its connection", async () => {
  await using server = await EtcdServer.start();
  const events: string[] = [];
  const onEvent = (event: ClientEvent) => events.push(event.type);
  await using client = new EtcdClient(hostPort(server), { onEvent });
  assertEquals(events, []);
  const first = await client.connect();
  const second = await client.connect();
  await first.put("k", "v");
  await first.close();
  await first.close();
  assertEquals(await second.get("k"), "v", "the connection outlives the first communicator");
  await second.close();
  assertEquals(events, ["connected", "disconnected"]);
  await using third = await client.connect();
  assertEquals(await third.get("k"), "v", "a later connect opens anew");
});

test("a closed communicator and a closed client refuse to be used", async () => {
  await using server = await EtcdServer.start();
  const client = new EtcdClient(server.endpoint, server.clientOptions);
  const communicator = await client.connect();
  const view = communicator.namespace("a/");
  await communicator.close();
  await assertRejects(() => communicator.get("k"), TypeError, "closed");
  await assertRejects(() => view.get("k"), TypeError, "closed");
  await client.close();
  await client.close();
  await assertRejects(() => client.connect(), TypeError, "closed");
});

test("a connect that is under way when the client is closed does not give a communicator", async () => {
  await using server = await EtcdServer.start();
  const client = new EtcdClient(server.endpoint, server.clientOptions);
  await client.connect();
  const connecting = assertRejects(() => client.connect(), Error, "closed");
  await Promise.all([client.close(), connecting]);
});

test("closing the client ends the calls that wait on it", async () => {
  await using server = await EtcdServer.start();
  const client = new EtcdClient(server.endpoint, server.clientOptions);
  const communicator = await client.connect();
  await server.pause();
  const waiting = assertRejects(() => communicator.get("k"), EtcdError, "closed");
  await client.close();
  await waiting;
  await server.resume();
});

test("a client whose endpoints are all dead names each of them within its connect timeout", async () => {
  await using client = new EtcdClient(["127.0.0.1:1", "127.0.0.1:2"], { connectTimeout: 2_000 });
  const error = await assertRejects(() => client.connect(), EtcdUnavailableError);
  assertStringIncludes(error.message, "127.0.0.1:1:");
  assertStringIncludes(error.message, "127.0.0.1:2:");
  assertEquals(error.maybeExecuted, "no");
});

test("a call whose time runs out says so by name, and that nothing was sent when nothing was", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await client.connect();
  await server.pause();
  const sent = await assertRejects(() => communicator.put("k", "v", { timeout: 200 }), EtcdTimeoutError);
  assertEquals([sent.name, sent.maybeExecuted], ["TimeoutError", "unknown"]);
  await server.resume();
  await server.kill();
  const unsent = await assertRejects(async () => {
    for (;;) await communicator.put("k", "v", { timeout: 300 }).catch(untilUnsent);
  }, EtcdTimeoutError);
  assertEquals(unsent.maybeExecuted, "no");
});

/** A connection's end may still be on its way when the first call after it is sent. */
function untilUnsent(error: unknown): void {
  if ((error as EtcdError).maybeExecuted === "no") throw error;
}

test("an aborted call rejects with the signal's own reason, before and while it runs", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await client.connect();
  const reason = new Error("enough");
  const before = AbortSignal.abort(reason);
  assertEquals(await communicator.get("k", { signal: before }).catch((e) => e), reason);
  assertEquals(await communicator.put("k", "v", { signal: before }).catch((e) => e), reason);
  assertEquals(await communicator.get("k"), null, "nothing was sent");
  await server.pause();
  const controller = new AbortController();
  const running = communicator.get("k", { signal: controller.signal }).catch((e) => e);
  controller.abort(reason);
  assertEquals(await running, reason);
  await server.resume();
});

test("the members of a cluster stand in for one another", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  const lost = eventOf("disconnected");
  const endpoints: string[] = [];
  await using client = new EtcdClient(cluster.endpoints, {
    ...cluster.clientOptions,
    onEvent(event) {
      lost.onEvent(event);
      if (event.type === "connected") endpoints.push(event.endpoint);
    },
  });
  await using communicator = await client.connect();
  await communicator.put("k", "v");
  const index = cluster.endpoints.findIndex((endpoint) => endpoint.endsWith(endpoints[0]));
  await cluster.servers[index].kill();
  await lost.seen;
  assertEquals(await communicator.get("k"), "v");
  assert(endpoints.length === 2 && endpoints[1] !== endpoints[0]);
});

test("a client can be told other endpoints while it is in use, and can ask the cluster for them", async () => {
  await using cluster = await EtcdCluster.start({ size: 3 });
  await using client = new EtcdClient(cluster.endpoints[0], cluster.clientOptions);
  await using communicator = await client.connect();
  await communicator.put("k", "v");
  assertEquals((await client.sync()).length, 3);
  const last = new URL(cluster.endpoints[2]).host;
  client.setEndpoints([last]);
  assertEquals(client.endpoints, [last]);
  assertEquals(await communicator.get("k"), "v");
});

test("a name and a password log in once for any number of calls", async () => {
  await using server = await EtcdServer.start({ rootPassword: "canary-password" });
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await client.connect();
  await Promise.all(Array.from({ length: 20 }, (_, i) => communicator.put(`k${i}`, "v")));
  assertEquals(await communicator.count({ all: true }), 20);
});

test("a refused login rejects at once, with an error that keeps the password to itself", async () => {
  await using server = await EtcdServer.start({ rootPassword: "right" });
  const credentials = { username: "root", password: "canary-password" };
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, credentials });
  const error = await assertRejects(() => client.connect(), EtcdInvalidArgumentError);
  assertEquals(error.reason, "AUTH_FAILED");
  assert(!`${error.stack}${JSON.stringify(error)}${shown(error)}`.includes("canary"));
});

/** What a runtime prints of an error. */
function shown(error: unknown): string {
  return String((error as Error).cause) + String(error);
}

test("an expired token is renewed by one login, whatever the number of waiting calls", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret", args: ["--auth-token-ttl=3"] });
  let logins = 0;
  await using client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    onEvent: (event) => event.type === "reauthenticated" && logins++,
  });
  await using communicator = await client.connect();
  await communicator.put("k", "v");
  await new Promise((resolve) => setTimeout(resolve, 6_000));
  logins = 0;
  const values = await Promise.all(Array.from({ length: 20 }, () => communicator.get("k")));
  assertEquals(new Set(values), new Set(["v"]));
  assertEquals(logins, 1);
});

test("credentials for a server that does not authenticate do no harm", async () => {
  await using server = await EtcdServer.start();
  const credentials = { username: "root", password: "secret" };
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, credentials });
  await using communicator = await client.connect();
  assertEquals(await communicator.get("k"), null);
});

test("TLS verifies the server by the authority given and by no other", async () => {
  await using server = await EtcdServer.start({ tls: true });
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await client.connect();
  await communicator.put("k", "v");
  assertEquals(await communicator.get("k"), "v");
  const stranger = await TestCa.create();
  await using wrong = new EtcdClient(server.endpoint, { tls: { caCerts: [stranger.cert] } });
  await assertRejects(() => wrong.connect(), EtcdUnauthenticatedError);
});

test("mutual TLS asks for the client's certificate", async () => {
  await using server = await EtcdServer.start({ tls: "mutual" });
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using communicator = await client.connect();
  assertEquals(await communicator.get("k"), null);
  const { caCerts } = server.clientOptions.tls as { caCerts: string[] };
  await using nameless = new EtcdClient(server.endpoint, {
    tls: { caCerts },
    connectTimeout: 2_000,
    timeout: 2_000,
  });
  await assertRejects(async () => {
    await using connected = await nameless.connect();
    await connected.get("k");
  });
});

test("what cannot be used as an option is refused by the constructor", () => {
  const make = (endpoints: unknown, options: unknown = {}) => () =>
    new EtcdClient(endpoints as string, options as object);
  for (const endpoint of ["", "nonsense", "127.0.0.1", "http://", "127.0.0.1:99999", "ftp://a:1", []]) {
    assertThrows(make(endpoint), Error, "Cannot use");
  }
  assertThrows(make("http://a:1", { tls: {} }), TypeError, "plaintext");
  assertThrows(make("a:1", { credentials: { token: "t", username: "u", password: "p" } }), TypeError, "both");
  for (const credentials of [{ username: "u" }, null, ""]) {
    assertThrows(make("a:1", { credentials }), TypeError, "credentials");
  }
  assertThrows(make("a:1", { tls: { caCerts: ["junk"] } }), TypeError);
  assertThrows(make("a:1", { tls: { cert: "junk", key: "junk" } }), TypeError);
  for (const timeout of [NaN, -1, Infinity]) assertThrows(make("a:1", { timeout }), RangeError, "timeout");
  assertThrows(make("a:1", { keepAlive: { time: 1_000 } }), RangeError, "keepAlive.time");
  assertThrows(make("a:1", { retry: { maxAttempts: 0 } }), RangeError, "maxAttempts");
});

test("a request above maxSendBytes is refused before it is sent", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, { ...server.clientOptions, maxSendBytes: 1_000 });
  await using communicator = await client.connect();
  await assertRejects(() => communicator.put("k", "v".repeat(1_000)), RangeError, "maxSendBytes");
  assertEquals(await communicator.get("k"), null);
});

test("a value above the server's own limit is refused with nothing written", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    maxSendBytes: 16 * 1024 * 1024,
  });
  await using communicator = await client.connect();
  const error = await assertRejects(
    () => communicator.put("k", "v".repeat(1.5 * 1024 * 1024 + 1)),
    EtcdError,
  );
  assertEquals([error.reason, error.maybeExecuted], ["REQUEST_TOO_LARGE", "no"]);
  const huge = await assertRejects(() => communicator.put("k", "v".repeat(8 * 1024 * 1024)), EtcdError);
  assertEquals([huge.reason, huge.maybeExecuted], ["REQUEST_TOO_LARGE", "no"]);
  assertEquals(await communicator.get("k"), null);
});

test("an observer that throws does no harm", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, {
    onEvent: () => {
      throw new Error("observer");
    },
  });
  await using communicator = await client.connect();
  assertEquals(await communicator.get("k"), null);
});

test("an answer above maxReceiveBytes is refused, whatever carries it", async () => {
  await using server = await EtcdServer.start();
  const passing: ClientMiddleware = async function* (call, options) {
    return yield* call.next(call.request, options);
  };
  for (const options of [{}, { middleware: [passing] }, { transport: "grpc-js" }] as const) {
    await using client = new EtcdClient(hostPort(server), { maxReceiveBytes: 4_096, ...options });
    await using c = await client.connect();
    await c.put("k", "v".repeat(5_000));
    const error = await assertRejects(() => c.get("k"), EtcdTooManyRequestError);
    assertEquals(error.reason, "RESOURCE_EXHAUSTED");
  }
});

test("middleware sees every call, the first outermost", async () => {
  await using server = await EtcdServer.start();
  const seen: string[] = [];
  await using client = new EtcdClient(server.endpoint, {
    middleware: ["outer", "inner"].map((name) =>
      async function* (call, options) {
        seen.push(`${name} ${call.method.path}`);
        return yield* call.next(call.request, options);
      }
    ),
  });
  await using communicator = await client.connect();
  await communicator.put("k", "v");
  assertEquals(seen, ["outer /etcdserverpb.KV/Put", "inner /etcdserverpb.KV/Put"]);
});
