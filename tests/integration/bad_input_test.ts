import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import {
  CompareKey,
  EtcdClient,
  type EtcdCommunicator,
  EtcdCompactedError,
  EtcdError,
  EtcdInvalidArgumentError,
  EtcdLeaseNotFoundError,
  EtcdOutOfRangeError,
  type Key,
} from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

/** The lines of "Bad input", each over every method that takes such input. */
const server = await EtcdServer.start();

/** Something that is to be refused. */
type Attempt = (c: EtcdCommunicator) => unknown;

/** A communicator of an empty namespace, with all calls that it made. */
async function withCalls(
  body: (c: EtcdCommunicator, calls: string[]) => Promise<void>,
): Promise<void> {
  const calls: string[] = [];
  await using client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    namespace: `${crypto.randomUUID()}/`,
    middleware: [async function* (call, options) {
      calls.push(call.method.path);
      return yield* call.next(call.request, options);
    }],
  });
  await using c = await client.connect();
  await body(c, calls);
}

/** What an attempt fails with, thrown or rejected. */
async function failure(attempt: () => unknown): Promise<unknown> {
  try {
    await attempt();
  } catch (error) {
    return error;
  }
  throw new Error(`was not refused: ${attempt}`);
}

/** Holds that each attempt is refused as misuse, and that nothing was sent. */
async function misuse(
  attempts: readonly Attempt[],
  kind: typeof TypeError | typeof RangeError,
  found: RegExp,
): Promise<void> {
  await withCalls(async (c, calls) => {
    for (const attempt of attempts) {
      const error = await failure(() => attempt(c));
      assert(error instanceof kind && found.test(error.message), `${attempt}: ${error}`);
    }
    assertEquals(calls, []);
  });
}

/** Methods that take a key. */
function withKey(key: Key): Attempt[] {
  return [
    (c) => c.put(key, "v"),
    (c) => c.setLease(key, 0n),
    (c) => c.get(key),
    (c) => c.getEntry(key),
    (c) => c.range(key),
    (c) => c.count(key),
    (c) => c.delete(key),
    (c) => c.watch(key),
    (c) => c.entries(key)[Symbol.asyncIterator]().next(),
    (c) => c.entries(key).revision,
    (c) => c.txn((t) => [t.get(key)]),
    (c) => c.txn((t) => [t.put(key, "v")]),
    (c) => c.txn((t) => [t.delete(key)]),
    (c) => c.txnCompare([], (s) => ({ success: [s.txnCompare([], (_, f) => void f.put(key, "v"))] })),
    () => new CompareKey(key),
  ];
}

test("an empty key is refused", () => misuse(withKey(""), TypeError, /empty/));

test("an empty key of bytes is refused", () => misuse(withKey(new Uint8Array(0)), TypeError, /empty/));

test("unpaired surrogates are refused in keys, prefixes, ranges, names and values", () => {
  const broken = "a\ud800";
  const attempts: Attempt[] = [
    ...withKey(broken),
    (c) => c.getPrefix(broken),
    (c) => c.keysPrefix(broken),
    (c) => c.deletePrefix(broken),
    (c) => c.watchPrefix(broken),
    (c) => c.getRange("a", broken),
    (c) => c.keysRange(broken, "b"),
    (c) => c.deleteRange("a", broken),
    (c) => c.watchRange("a", broken),
    (c) => c.range({ start: broken }),
    (c) => c.namespace(broken),
    (c) => c.lock(broken),
    (c) => c.tryLock(broken),
    (c) => c.put("k", broken),
    (c) => c.txn((t) => [t.put("k", "v"), t.put("l", broken)]),
    () => new CompareKey("k").value.eq(broken),
  ];
  return misuse(attempts, TypeError, /unpaired surrogate/);
});

test("a range whose start lies after its end is refused", () => {
  const selector = { start: "b", end: "a" };
  const attempts: Attempt[] = [
    (c) => c.getRange("b", "a"),
    (c) => c.keysRange("b", "a"),
    (c) => c.deleteRange("b", "a"),
    (c) => c.watchRange("b", "a"),
    (c) => c.range(selector),
    (c) => c.count(selector),
    (c) => c.delete(selector),
    (c) => c.watch(selector),
    (c) => c.entries(selector)[Symbol.asyncIterator]().next(),
    (c) => c.txn((t) => [t.getRange("b", "a")]),
    (c) => c.txn((t) => [t.deleteRange("b", "a")]),
    () => new CompareKey(selector),
  ];
  return misuse(attempts, RangeError, /start lies after its end/);
});

test("a range whose end is undefined is refused, since it would reach to the last key", () => {
  const forgotten = undefined as unknown as string;
  const attempts: Attempt[] = [
    (c) => c.getRange("a", forgotten),
    (c) => c.keysRange("a", forgotten),
    (c) => c.deleteRange("a", forgotten),
    (c) => c.watchRange("a", forgotten),
    (c) => c.delete({ start: "a", end: undefined }),
    (c) => c.watch({ start: "a", end: undefined }),
    (c) => c.txn((t) => [t.deleteRange("a", forgotten)]),
  ];
  return misuse(attempts, TypeError, /its end is undefined/);
});

test("a limit that is negative, or no whole number, is refused", async () => {
  for (const limit of [-1, 0.5, NaN]) {
    const attempts: Attempt[] = [
      (c) => c.getPrefix("", { limit }),
      (c) => c.getRange("a", "b", { limit }),
      (c) => c.keysPrefix("", { limit }),
      (c) => c.range({ all: true }, { limit }),
      (c) => c.txn((t) => [t.getPrefix("", { limit })]),
    ];
    await misuse(attempts, RangeError, /limit/);
  }
  await misuse([(c) => c.entries({ all: true }, { limit: -1 }).revision], RangeError, /limit/);
});

test("a ttl of 0 seconds, or of a fraction, is refused", async () => {
  for (const ttl of [0, 0.5, -1, NaN]) {
    const attempts: Attempt[] = [
      (c) => c.grantLease(ttl),
      (c) => c.session({ ttl }),
      (c) => c.lock("l", { ttl }),
      (c) => c.tryLock("l", { ttl }),
    ];
    await misuse(attempts, RangeError, /ttl/);
  }
});

test("a timeout that is no time is refused", async () => {
  for (const timeout of [NaN, -1, Infinity]) {
    const attempts: Attempt[] = [
      (c) => c.put("k", "v", { timeout }),
      (c) => c.get("k", { timeout }),
      (c) => c.delete("k", { timeout }),
      (c) => c.txn((t) => [t.get("k")], { timeout }),
      (c) => c.compact(1n, { timeout }),
      (c) => c.entries({ all: true }, { timeout }).revision,
      (c) => c.grantLease(5, { timeout }),
      (c) => c.revokeLease(5n, { timeout }),
      (c) => c.keepLeaseAliveOnce(5n, { timeout }),
      (c) => c.leaseTimeToLive(5n, { timeout }),
      (c) => c.listLeases({ timeout }),
      (c) => c.session({ timeout }),
      (c) => c.lock("l", { timeout }),
      (c) => c.tryLock("l", { timeout }),
    ];
    await misuse(attempts, RangeError, /timeout/);
    await using client = new EtcdClient(server.endpoint);
    await assertRejects(() => client.connect({ timeout }), RangeError, "timeout");
    await assertRejects(() => client.sync({ timeout }), RangeError, "timeout");
    await assertRejects(() => client.withLock("l", { timeout }), RangeError, "timeout");
    for (const name of ["timeout", "connectTimeout"]) {
      assertThrows(() => new EtcdClient("h:1", { [name]: timeout }), RangeError, name);
    }
  }
});

test("an endpoint that is no address is refused by constructor and setEndpoints", async () => {
  await using client = new EtcdClient("h:1");
  const wrong = [
    "",
    "h",
    ":1",
    "h:",
    "h:0",
    "h:65536",
    "h:x",
    "h:1/v3",
    "ftp://h:1",
    "unix:/s",
    "u@h:1",
    "::1:1",
  ];
  for (const endpoint of wrong) {
    assertThrows(() => new EtcdClient(endpoint), Error, "Cannot use");
    assertThrows(() => new EtcdClient(["h:1", endpoint]), Error, "Cannot use");
    assertThrows(() => client.setEndpoints([endpoint]), Error, "Cannot use");
  }
  assertThrows(() => new EtcdClient([]), TypeError, "empty");
  assertThrows(() => client.setEndpoints([]), TypeError, "empty");
  assertEquals(client.endpoints, ["h:1"]);
});

test("PEM that cannot be parsed is refused, and not repeated", () => {
  const junk = "-----BEGIN PRIVATE KEY-----\nY2FuYXJ5\n-----END PRIVATE KEY-----";
  const certificate = junk.replaceAll("PRIVATE KEY", "CERTIFICATE");
  const wrong = [
    { caCerts: ["canary"] },
    { caCerts: [certificate] },
    { caCerts: [] },
    { cert: "canary", key: junk },
    { cert: certificate, key: junk },
    { key: junk },
    { cert: certificate },
  ];
  for (const tls of wrong) {
    const { message } = assertThrows(() => new EtcdClient("h:1", { tls }), TypeError, "Cannot use tls.");
    assert(!/canary|Y2FuYXJ5/.test(message), message);
  }
});

test("both a token and a password are refused, and not repeated", () => {
  const credentials = { username: "root", password: "canary", token: "canary" };
  const { message } = assertThrows(
    () => new EtcdClient("h:1", { credentials }),
    TypeError,
    "both a token and a",
  );
  assert(!message.includes("canary"));
});

test("a value over the client's limit is refused before it is sent, over the server's by the server", async () => {
  const value = "canary".repeat(300_000);
  await withCalls(async (c, calls) => {
    const larger = value + value;
    for (
      const attempt of [() => c.put("k", larger), () => c.txn((t) => [t.put("l", "v"), t.put("k", larger)])]
    ) {
      const error = await assertRejects(attempt, RangeError, "maxSendBytes");
      assert(!error.message.includes("canary"));
    }
    assertEquals(calls, []);
    for (
      const attempt of [() => c.put("k", value), () => c.txn((t) => [t.put("l", "v"), t.put("k", value)])]
    ) {
      const error = await assertRejects(attempt, EtcdError, "too large");
      assertEquals([error.reason, error.maybeExecuted, error.retryable], ["REQUEST_TOO_LARGE", "no", false]);
      assert(!error.message.includes("canary"));
    }
    assertEquals(await c.count({ all: true }), 0);
  });
});

/** Holds that etcd refuses each attempt for a reason, with nothing written. */
async function refused(
  attempts: readonly Attempt[],
  kind: new (message: string) => EtcdError,
  reason: string,
): Promise<void> {
  await withCalls(async (c) => {
    for (const attempt of attempts) {
      const error = await failure(() => attempt(c));
      assert(error instanceof kind, `${attempt}: ${error}`);
      assertEquals([error.reason, error.maybeExecuted], [reason, "no"], `${attempt}`);
    }
    assertEquals(await c.count({ all: true }), 0);
  });
}

test("more than 128 operations in a transaction are refused, with nothing written", () => {
  const keys = Array.from({ length: 129 }, (_, i) => `k${i}`);
  const attempts: Attempt[] = [
    (c) => c.txn((t) => keys.map((key) => t.put(key, "v"))),
    (c) => c.txnCompare([], (s) => ({ success: keys.map((key) => s.put(key, "v")) })),
    (c) => c.txnCompare(keys.map((key) => new CompareKey(key).missing()), (s) => void s.put("k", "v")),
  ];
  return refused(attempts, EtcdInvalidArgumentError, "TOO_MANY_OPS");
});

test("a key that is written twice in a transaction is refused, in any order, with nothing written", () => {
  const attempts: Attempt[] = [
    (c) => c.txn((t) => [t.put("k", "1"), t.put("k", "2")]),
    (c) => c.txn((t) => [t.put("k", "1"), t.deletePrefix("k")]),
    (c) => c.txn((t) => [t.delete({ all: true }), t.put("k", "1")]),
  ];
  return refused(attempts, EtcdInvalidArgumentError, "DUPLICATE_KEY");
});

test("a revision of the future is refused", () => {
  const revision = 2n ** 62n;
  const attempts: Attempt[] = [
    (c) => c.get("k", { revision }),
    (c) => c.getPrefix("", { revision }),
    (c) => c.count({ all: true }, { revision }),
    (c) => c.entries({ all: true }, { revision }).revision,
    (c) => c.txn((t) => [t.get("k", { revision })]),
    (c) => c.compact(revision),
  ];
  return refused(attempts, EtcdOutOfRangeError, "FUTURE_REV");
});

test("a revision that was compacted is refused, to watches with the oldest that is left", async () => {
  await withCalls(async (c) => {
    await c.put("k", "1");
    const { revision } = await c.put("k", "2");
    await c.compact(revision);
    const old = { revision: revision - 1n };
    const attempts: Attempt[] = [
      () => c.get("k", old),
      () => c.range({ all: true }, old),
      () => c.entries({ all: true }, old).revision,
      () => c.txn((t) => [t.get("k", old)]),
      () => c.compact(old.revision),
    ];
    for (const attempt of attempts) {
      const error = await failure(() => attempt(c));
      assert(error instanceof EtcdCompactedError, `${attempt}: ${error}`);
    }
    const watcher = c.watch("k", { startRevision: old.revision });
    const error = await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdCompactedError);
    assertEquals(error.compactRevision, revision);
    assertEquals(await c.get("k"), "2");
  });
});

test("a lease that does not exist is refused, with nothing written", () => {
  const lease = 0x1234n;
  const attempts: Attempt[] = [
    (c) => c.put("k", "v", { lease }),
    (c) => c.txn((t) => [t.put("l", "v"), t.put("k", "v", { lease })]),
    (c) => c.revokeLease(lease),
    (c) => c.keepLeaseAliveOnce(lease),
    (c) => c.session({ lease }),
  ];
  return refused(attempts, EtcdLeaseNotFoundError, "LEASE_NOT_FOUND");
});

test("a lease that does not exist is lost to its keeper, and has -1 seconds left", async () => {
  await withCalls(async (c) => {
    assertEquals(await c.leaseTimeToLive(0x1234n), { ttl: -1, grantedTtl: 0, keys: [] });
    const keeper = c.keepLeaseAlive(0x1234n);
    await new Promise((resolve) => keeper.signal.addEventListener("abort", resolve));
    assert(keeper.signal.reason instanceof EtcdLeaseNotFoundError);
  });
});

test("a signal that was aborted before the call is what the call fails with, and nothing is sent", async () => {
  const reason = new Error("enough");
  const signal = AbortSignal.abort(reason);
  const attempts: Attempt[] = [
    (c) => c.put("k", "v", { signal }),
    (c) => c.setLease("k", 0n, { signal }),
    (c) => c.get("k", { signal }),
    (c) => c.getEntry("k", { signal }),
    (c) => c.getPrefix("k", { signal }),
    (c) => c.getRange("k", "l", { signal }),
    (c) => c.keysPrefix("k", { signal }),
    (c) => c.keysRange("k", "l", { signal }),
    (c) => c.range("k", { signal }),
    (c) => c.entries("k", { signal })[Symbol.asyncIterator]().next(),
    (c) => c.count("k", { signal }),
    (c) => c.delete("k", { signal }),
    (c) => c.deletePrefix("k", { signal }),
    (c) => c.deleteRange("k", "l", { signal }),
    (c) => c.compact(1n, { signal }),
    (c) => c.txn((t) => [t.put("k", "v")], { signal }),
    (c) => c.txnCompare([], (s) => void s.put("k", "v"), { signal }),
    (c) => c.watch("k", { signal })[Symbol.asyncIterator]().next(),
    (c) => c.watch("k", { signal }).ready,
    (c) => c.grantLease(5, { signal }),
    (c) => c.revokeLease(5n, { signal }),
    (c) => c.keepLeaseAlive(5n, { signal }),
    (c) => c.keepLeaseAliveOnce(5n, { signal }),
    (c) => c.leaseTimeToLive(5n, { signal }),
    (c) => c.listLeases({ signal }),
    (c) => c.lock("l", { signal }),
    (c) => c.tryLock("l", { signal }),
    (c) => c.session({ signal }),
  ];
  await withCalls(async (c, calls) => {
    for (const attempt of attempts) assertEquals(await failure(() => attempt(c)), reason, `${attempt}`);
    assertEquals(calls, []);
    assertEquals(await c.listLeases(), []);
  });
  await using client = new EtcdClient(server.endpoint);
  assertEquals(await failure(() => client.connect({ signal })), reason);
  assertEquals(await failure(() => client.withLock("l", { signal })), reason);
  assertEquals(await failure(() => client.sync({ signal })), reason);
});
