import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { EtcdClusterChangedError } from "../../src/errors.ts";
import { CallLife } from "../../src/rpc/call_life.ts";
import { ClusterIdentity, type KnownCluster } from "../../src/rpc/cluster_identity.ts";
import { Outbox } from "../../src/rpc/outbox.ts";
import { RetryBudget } from "../../src/rpc/retry_budget.ts";
import { TokenSource } from "../../src/rpc/token.ts";
import { backoff } from "../../src/timing.ts";
import { test } from "../harness.ts";

const open = new AbortController().signal;
const CONNECTION = {};

function known({ changes, clusterId, revision }: ClusterIdentity): KnownCluster {
  return { changes, clusterId, floor: revision };
}

test("a call's life ends by its caller's signal, with the caller's reason", () => {
  const caller = new AbortController();
  const life = new CallLife({ signal: caller.signal }, 0, open);
  const reason = new Error("mine");
  caller.abort(reason);
  assertEquals(life.signal.reason, reason);
  assertEquals(life.timedOut, false);
  life.release();
});

test("a call's life ends when its time has run out", async () => {
  const life = new CallLife({ timeout: 1 }, 10_000, open);
  await new Promise((resolve) => life.signal.addEventListener("abort", resolve));
  assertEquals(life.timedOut, true);
  life.release();
});

test("a released life leaves no listener and no timer", () => {
  const caller = new AbortController();
  const life = new CallLife({ signal: caller.signal, timeout: 60_000 }, 0, open);
  const { signal } = life;
  life.release();
  caller.abort();
  assertEquals(signal.aborted, false);
});

test("a timeout that is no time is refused before anything starts", () => {
  for (const timeout of [NaN, -1, Infinity]) {
    assertThrows(() => new CallLife({ timeout }, 0, open), RangeError);
  }
  assertThrows(() => new CallLife({ timeout: "5" as unknown as number }, 0, open), TypeError);
});

test("one login serves all who wait for a token", async () => {
  let logins = 0;
  const tokens = new TokenSource(
    { username: "root", password: "secret" },
    () => Promise.resolve(`token ${++logins}`),
    () => {},
  );
  assertEquals(await Promise.all([tokens.get(), tokens.get()]), ["token 1", "token 1"]);
  assertEquals(await Promise.all([tokens.renew("token 1"), tokens.renew("token 1")]), ["new", "new"]);
  assertEquals(tokens.current, "token 2");
  assertEquals(
    await tokens.renew("token 1"),
    "known",
    "a token that was replaced already needs no new login",
  );
  assertEquals(logins, 2);
});

test("a static token is never renewed", async () => {
  const tokens = new TokenSource({ token: "t" }, () => Promise.reject(new Error("no login")), () => {});
  assertEquals(tokens.known, true);
  assertEquals(await tokens.get(), "t");
  assertEquals(await tokens.renew("t"), false);
});

test("a failed login is tried again by the next call", async () => {
  let logins = 0;
  const login = () => ++logins === 1 ? Promise.reject(new Error("down")) : Promise.resolve("token");
  const tokens = new TokenSource({ username: "u", password: "p" }, login, () => {});
  await assertRejects(() => tokens.get(), Error, "down");
  assertEquals(await tokens.get(), "token");
});

test("another cluster and a store that went back are told once each", () => {
  const identity = new ClusterIdentity(() => {});
  const check = (clusterId: bigint, revision: bigint) =>
    identity.check("Cannot get", { clusterId, revision }, known(identity), CONNECTION);
  check(1n, 10n);
  assertEquals(identity.revision, 10n);
  assertThrows(() => check(1n, 9n), EtcdClusterChangedError, "went back");
  check(1n, 9n);
  assertThrows(() => check(2n, 20n), EtcdClusterChangedError, "another cluster");
  check(2n, 20n);
  assertEquals(identity.changes, 2);
});

test("calls under way are told of a change too, which is one for all of them", () => {
  const identity = new ClusterIdentity(() => {});
  const check = (revision: bigint, known: KnownCluster) =>
    identity.check("Cannot put", { clusterId: 1n, revision }, known, CONNECTION);
  check(10n, known(identity));
  const before = known(identity);
  assertThrows(() => check(2n, before), EtcdClusterChangedError);
  check(4n, known(identity));
  assertThrows(() => check(3n, before), EtcdClusterChangedError);
  check(11n, before);
  assertEquals([identity.changes, identity.revision], [1, 4n]);
});

test("calls under way are told of another cluster too, and who wants to know by which connection", () => {
  const told: object[] = [];
  const identity = new ClusterIdentity((connection) => told.push(connection));
  const check = (clusterId: bigint, known: KnownCluster) =>
    identity.check("Cannot put", { clusterId, revision: 5_000n }, known, CONNECTION);
  check(1n, known(identity));
  const before = known(identity);
  assertThrows(() => check(2n, before), EtcdClusterChangedError);
  assertThrows(() => check(2n, { ...before, floor: undefined }), EtcdClusterChangedError);
  check(1n, before);
  check(2n, known(identity));
  assertEquals([identity.changes, identity.clusterId, told], [1, 2n, [CONNECTION]]);
});

test("an answer that says nothing of the revision is not judged by it", () => {
  const identity = new ClusterIdentity(() => {});
  const check = (revision: bigint, floor: bigint | undefined) =>
    identity.check(
      "Cannot get",
      { clusterId: 1n, revision },
      { changes: 0, clusterId: 0n, floor },
      CONNECTION,
    );
  check(10n, 0n);
  check(3n, undefined);
  check(0n, 10n);
  assertEquals(identity.revision, 10n);
});

test("repetitions stop while half of the budget is gone and resume with successes", () => {
  const budget = new RetryBudget();
  for (let i = 0; i < 50; i++) {
    assert(budget.allows);
    budget.failed();
  }
  assertEquals(budget.allows, false);
  for (let i = 0; i < 11; i++) budget.succeeded();
  assertEquals(budget.allows, true);
});

test("the end of a connection is one failure for the budget, however many calls were on it", () => {
  const budget = new RetryBudget();
  const connection = {};
  for (let i = 0; i < 1_000; i++) budget.failed(connection);
  assert(budget.allows);
  for (let i = 0; i < 49; i++) budget.failed({});
  assertEquals(budget.allows, false);
});

test("waits double up to their limit and keep at least half of it", () => {
  for (let attempt = 1; attempt < 50; attempt++) {
    const full = Math.min(1_000, 25 * 2 ** (attempt - 1));
    const wait = backoff(attempt, 25, 1_000);
    assert(wait >= full / 2 && wait <= full, `attempt ${attempt} waits ${wait}`);
  }
});

test("an outbox yields what was pushed before its end, in order, and nothing after", async () => {
  const outbox = new Outbox<number>();
  outbox.push(1);
  outbox.push(2);
  queueMicrotask(() => {
    outbox.push(3);
    outbox.end();
    outbox.push(4);
  });
  const seen: number[] = [];
  for await (const item of outbox) seen.push(item);
  assertEquals(seen, [1, 2, 3]);
});
