import { assert, assertEquals, assertInstanceOf, assertStringIncludes } from "@std/assert";
import {
  EtcdLeaseNotFoundError,
  EtcdPermissionDeniedError,
  EtcdUnauthenticatedError,
  EtcdUnavailableError,
} from "../../src/errors.ts";
import { now } from "../../src/lease/clock.ts";
import { type LeaseHold, LeaseRenewals } from "../../src/lease/renewals.ts";
import { test } from "../harness.ts";
import { type Behaviour, ScriptedRpc } from "./lease_rpc.ts";

/** Answers every request with this ttl, in seconds: shorter than etcd's, to save time. */
const granting = (ttl: number): Behaviour => (stream) => stream.answer(ttl);
const silent: Behaviour = () => {};

function keep(renewals: LeaseRenewals, id: bigint, ttl: number): LeaseHold {
  const hold = renewals.hold(id, { ttl, sentAt: now() });
  hold.keep();
  return hold;
}

function aborted(signal: AbortSignal): Promise<unknown> {
  if (signal.aborted) return Promise.resolve(signal.reason);
  return new Promise((resolve) => signal.addEventListener("abort", () => resolve(signal.reason)));
}

/** Blocks the event loop, as a suspended process is blocked. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

test("many leases are renewed on one stream, each after a third of its ttl", async () => {
  const rpc = new ScriptedRpc(granting(0.3));
  const renewals = new LeaseRenewals(rpc);
  const asked: bigint[] = [];
  rpc.behave((stream) => {
    asked.push(stream.asked[0]);
    stream.answer(0.3);
  });
  const started = performance.now();
  const holds = [1n, 2n, 3n].map((id) => keep(renewals, id, 0.3));
  await rpc.until(() => asked.length >= 9);
  assert(performance.now() - started >= 290, "three rounds take a whole ttl");
  assertEquals(rpc.streams.length, 1);
  assertEquals(new Set(asked), new Set([1n, 2n, 3n]));
  assert(holds.every(({ lease }) => !lease.signal.aborted));
  await renewals.close();
});

test("without an answer a lease is lost one ttl after the last answered renewal was sent, and says so once", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const sentAt = now();
  const hold = renewals.hold(7n, { ttl: 0.2, sentAt });
  hold.keep();
  const reason = await aborted(hold.lease.signal);
  assert(performance.now() - sentAt.monotonic >= 190);
  assertInstanceOf(reason, EtcdLeaseNotFoundError);
  assertStringIncludes(reason.message, "Lease 7 is lost: not renewed within its ttl");
  assertEquals(rpc.events, [{ type: "leaseLost", lease: 7n }]);
  assert(rpc.streams.every((stream) => stream.closed), "no lease is left, so no stream is");
  await renewals.close();
});

test("expiry counts from when the renewal was sent, not from when it was answered", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const sentAt = now();
  block(150);
  const hold = renewals.hold(1n, { ttl: 0.2, sentAt });
  block(60);
  assert(hold.lease.signal.aborted);
  await renewals.close();
});

test("a signal that is asked right after the event loop was blocked tells the truth", async () => {
  const rpc = new ScriptedRpc(granting(0.2));
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 1n, 0.2);
  let held: boolean | undefined;
  const asked = new Promise<void>((resolve) =>
    setTimeout(() => {
      held = !hold.lease.signal.aborted;
      resolve();
    }, 1)
  );
  block(250);
  await asked;
  assertEquals(held, false, "asked by a timer that was due before that of the expiry");
  await renewals.close();
});

test("a wall clock that leaps ends leases within a beat, as after a sleep of the machine", async () => {
  const rpc = new ScriptedRpc(granting(60));
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 1n, 60);
  const wall = Date.now;
  try {
    Date.now = () => wall() + 61_000;
    const lost = new Promise((resolve) => hold.lease.signal.addEventListener("abort", resolve));
    await lost;
  } finally {
    Date.now = wall;
  }
  assertEquals(hold.lease.how, "lost");
  await renewals.close();
});

test("a ttl of 0 in an answer means that the lease is lost", async () => {
  const rpc = new ScriptedRpc(granting(0));
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 5n, 0.3);
  const reason = await aborted(hold.lease.signal) as Error;
  assertStringIncludes(reason.message, "the server has no such lease");
  await renewals.close();
});

test("a lease that nobody keeps ends without an event", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const hold = renewals.hold(5n, { ttl: 0.05, sentAt: now() });
  await aborted(hold.lease.signal);
  assertEquals(rpc.events, []);
  await renewals.close();
});

test("a failed stream is replaced by one elsewhere, and no lease is lost over it", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const holds = [1n, 2n].map((id) => keep(renewals, id, 0.3));
  await rpc.until(() => rpc.streams[0]?.asked.length === 2);
  rpc.behave(granting(0.3));
  rpc.streams[0].fail(new EtcdUnavailableError("not a primary lessor"));
  const answered: bigint[] = [];
  rpc.behave((stream) => {
    answered.push(stream.asked[0]);
    stream.answer(0.3);
  });
  await rpc.until(() => answered.length >= 6);
  assertEquals(answered.slice(0, 2), [1n, 2n], "first in line, in their order");
  assertEquals(rpc.avoided, ["member 0"]);
  assertEquals(rpc.streams.length, 2);
  assert(holds.every(({ lease }) => !lease.signal.aborted));
  await renewals.close();
});

test("a stale token is replaced, and the renewal repeated with the new one", async () => {
  const rpc = new ScriptedRpc((stream) => {
    if (stream.token === "token 0") {
      stream.fail(new EtcdUnauthenticatedError("refused", { reason: "INVALID_AUTH_TOKEN" }));
    } else stream.answer(0.3);
  });
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 1n, 0.3);
  await rpc.until(() => rpc.streams[1]?.token === "token 1");
  await rpc.until(() => rpc.streams[1].asked.length === 0);
  assertEquals(rpc.avoided, [], "the member is not to blame");
  assertEquals(hold.lease.ended, false);
  await renewals.close();
});

test("a lease that the server refuses is renewed alone, after one new login, and costs the others nothing", async () => {
  const answered = new Map<bigint, number>();
  const rpc = new ScriptedRpc((stream) => {
    const [id] = stream.asked;
    if (id === 2n) return stream.fail(new EtcdPermissionDeniedError("permission denied"));
    answered.set(id, (answered.get(id) ?? 0) + 1);
    stream.answer(0.3);
  });
  const renewals = new LeaseRenewals(rpc);
  const holds = new Map([1n, 2n, 3n].map((id) => [id, keep(renewals, id, 0.3)]));
  const reason = await aborted(holds.get(2n)!.lease.signal);
  assertInstanceOf(reason, EtcdLeaseNotFoundError);
  await rpc.until(() => answered.get(1n)! >= 6 && answered.get(3n)! >= 6);
  assertEquals(rpc.tokens, 1, "the doubt about the token is settled once");
  assertEquals(holds.get(1n)!.lease.ended, false);
  assertEquals(holds.get(3n)!.lease.ended, false);
  await renewals.close();
});

test("many leases that the server refuses neither starve the others nor cost a login each", async () => {
  const answered = new Set<bigint>();
  const rpc = new ScriptedRpc((stream) => {
    const [id] = stream.asked;
    if (id <= 20n) return stream.fail(new EtcdPermissionDeniedError("permission denied"));
    answered.add(id);
    stream.answer(0.9);
  });
  const renewals = new LeaseRenewals(rpc);
  const holds = Array.from({ length: 40 }, (_, i) => keep(renewals, BigInt(i + 1), 0.9));
  await Promise.all(holds.slice(0, 20).map(({ lease }) => aborted(lease.signal)));
  assertEquals(answered.size, 20);
  assertEquals(holds.slice(20).filter(({ lease }) => lease.ended), []);
  assertEquals(rpc.tokens, 1);
  await renewals.close();
});

test("a lease that was refused for a while is renewed with the others again", async () => {
  let refusals = 3;
  const rpc = new ScriptedRpc((stream) => {
    if (stream.asked[0] === 2n && refusals-- > 0) stream.fail(new EtcdPermissionDeniedError("denied"));
    else stream.answer(0.6);
  });
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 2n, 0.6);
  await rpc.until(() => refusals < -2);
  assertEquals(hold.lease.ended, false);
  assertEquals(rpc.streams.filter((stream) => !stream.closed).length, 1);
  await renewals.close();
});

test("an overdue answer has the renewal repeated elsewhere, and still counts when it comes", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 1n, 0.6);
  await rpc.until(() => rpc.streams.length === 2 && rpc.streams[1].asked.length === 1);
  assertEquals(rpc.avoided, ["member 0"]);
  assertEquals(rpc.streams[0].closed, false);
  rpc.streams[0].answer(0.6);
  await new Promise((resolve) => setTimeout(resolve, 0));
  assert(hold.lease.age < 400, "renewed by the late answer");
  assertEquals(rpc.streams[0].closed, true);
  await renewals.close();
});

test("leases are spread over several streams when a round takes longer than a sixth of the ttl", async () => {
  const queues = new Map<object, number>();
  // Each stream is served one request every 10 ms.
  const rpc = new ScriptedRpc((stream) => {
    const at = Math.max(queues.get(stream) ?? 0, performance.now()) + 10;
    queues.set(stream, at);
    timers.add(setTimeout(() => stream.answer(1.2), at - performance.now()));
  });
  const timers = new Set<ReturnType<typeof setTimeout>>();
  const renewals = new LeaseRenewals(rpc);
  const holds = Array.from({ length: 120 }, (_, i) => keep(renewals, BigInt(i + 1), 1.2));
  // One stream would take 1.2 s for a round, which is all of the ttl.
  await rpc.until(() => timers.size >= 3 * 120);
  assert(rpc.streams.length >= 3, `${rpc.streams.length} streams`);
  assertEquals(holds.filter(({ lease }) => lease.ended).length, 0);
  await renewals.close();
  for (const timer of timers) clearTimeout(timer);
});

test("two holders of a lease share its renewal, and what one of them learns", async () => {
  const rpc = new ScriptedRpc(granting(0.3));
  const renewals = new LeaseRenewals(rpc);
  const first = keep(renewals, 1n, 0.3);
  const second = renewals.hold(1n);
  second.keep();
  assertEquals(second.lease, first.lease);
  first.release();
  await rpc.until(() => rpc.streams.length === 1);
  assertEquals(second.lease.ended, false);
  renewals.forget(1n, "revoked");
  assertEquals(second.lease.how, "revoked");
  assertEquals(rpc.events, [], "revoked, not lost");
  await renewals.close();
});

test("letting go of the last lease leaves neither stream nor timer", async () => {
  const rpc = new ScriptedRpc(granting(0.3));
  const renewals = new LeaseRenewals(rpc);
  let answered = 0;
  rpc.behave((stream) => {
    answered++;
    stream.answer(0.3);
  });
  const hold = keep(renewals, 1n, 0.3);
  await rpc.until(() => answered === 1);
  hold.release();
  hold.release();
  assertEquals(hold.lease.how, "closed");
  assertEquals(rpc.streams[0].closed, true);
});

test("a stream that was still being opened when nothing needed it any more is closed", async () => {
  const rpc = new ScriptedRpc(silent);
  const renewals = new LeaseRenewals(rpc);
  const hold = keep(renewals, 1n, 0.3);
  await rpc.until(() => rpc.streams.length === 1);
  hold.release();
  await new Promise((resolve) => setTimeout(resolve, 0));
  assertEquals(rpc.streams[0].closed, true);
});
