/**
 * What every call has to keep is noticed where it is not kept: the gates find each fault that is put into a client,
 * and none in one that is left alone.
 *
 * @module
 */

import { assert, assertEquals, assertMatch } from "@std/assert";
import { EtcdClient, EtcdCommunicator } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";
import { CallGate } from "./rig/gates/calls.ts";
import { LagMeter } from "./rig/gates/lag.ts";
import { lineOf } from "./rig/runtime.ts";

/** Milliseconds. */
const TIMEOUT = 10_000;
/** Milliseconds that a call may be late: that of a hang, and nothing. */
const [GENEROUS, STRICT] = [10_000, 0];

/** Members that take the place of an object's own. */
type Faults = Readonly<Record<PropertyKey, unknown>>;

/** An object with faults. */
function broken<T extends object>(object: T, faults: Faults): T {
  return new Proxy(object, {
    get(target, name) {
      if (Object.hasOwn(faults, name)) return faults[name];
      const member: unknown = Reflect.get(target, name, target);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
}

/** What a gate finds when something is done with a client that has faults. */
async function findings(
  server: EtcdServer,
  faults: (real: EtcdCommunicator, lag: LagMeter) => Faults,
  body: (c: EtcdCommunicator) => unknown,
  grace = GENEROUS,
): Promise<readonly string[]> {
  using lag = new LagMeter();
  const gate = new CallGate(lag, grace);
  {
    await using client = new EtcdClient(server.endpoint, server.clientOptions);
    await using real = await client.connect();
    const c = gate.watch(broken(real, faults(real, lag)), TIMEOUT);
    await body(c);
  }
  return gate.findings;
}

const listener = () => {};
const aborted = AbortSignal.abort(new Error("enough"));
type Options = { readonly signal: AbortSignal; readonly timeout: number };
const never = () => new Promise<never>(() => {});
const wrong = () => Promise.reject(new Error("no error of ours"));

/** A fault, what is done where it shows, and the finding. */
const FAULTS:
  readonly (readonly [string, Parameters<typeof findings>[1], (c: EtcdCommunicator) => unknown])[] = [
    ["get left 1 listeners on its signal", (real) => ({
      get: (key: string, { signal }: Options) => {
        signal.addEventListener("abort", listener);
        return real.get(key);
      },
    }), (c) => c.get("a", { signal: new AbortController().signal })],
    ["get left 1 listeners on its signal", () => ({
      get: (_key: string, { signal }: Options) => {
        signal.addEventListener("abort", listener, { once: true });
        return Promise.reject(signal.reason);
      },
    }), (c) => c.get("a", { signal: aborted })],
    ["1 listeners are left on signals that watch was given", (real) => ({
      watch: (key: string, { signal }: Options) => {
        signal.addEventListener("abort", listener);
        return real.watch(key, { signal });
      },
    }), (c) => c.watch("a").close()],
    ["get failed with Error: no error of ours", () => ({ get: wrong }), (c) => c.get("a")],
    ["1 of tryLock never settled", () => ({ tryLock: never }), (c) => void c.tryLock("a")],
    ["lock.put failed with Error: no error of ours", (real) => ({
      lock: async (name: string) => broken(await real.lock(name), { put: wrong }),
    }), async (c) => await (await c.lock("a")).put("a", "b")],
    ["1 of session.close never settled", (real) => ({
      session: async () => broken(await real.session(), { close: never }),
    }), async (c) => void (await c.session()).close()],
    ["lease.revoke failed with Error: no error of ours", (real) => ({
      grantLease: async (ttl: number) => broken(await real.grantLease(ttl), { revoke: wrong }),
    }), async (c) => await (await c.grantLease(60)).revoke()],
    ["watcher.ready failed with Error: no error of ours", (real) => ({
      watchPrefix: (prefix: string) => broken(real.watchPrefix(prefix), { ready: wrong() }),
    }), (c) => c.watchPrefix("a")],
    ["watcher.ready had not settled when watcher.close had", (real) => ({
      watch: (key: string) => broken(real.watch(key), { ready: never() }),
    }), (c) => c.watch("a").close()],
    ["1 of events.next never settled", (real) => ({
      watch: (key: string) => broken(real.watch(key), { [Symbol.asyncIterator]: () => ({ next: never }) }),
    }), (c) => void c.watch("a")[Symbol.asyncIterator]().next()],
    ["pages.next failed with Error: no error of ours", (real) => ({
      entries: (prefix: string) =>
        broken(real.entries(prefix), { [Symbol.asyncIterator]: () => ({ next: wrong }) }),
    }), (c) => c.entries("a")[Symbol.asyncIterator]().next()],
  ];

test("the gates find each fault that is put into a client", async () => {
  await using server = await EtcdServer.start();
  for (const [finding, faults, use] of FAULTS) {
    const found = await findings(server, faults, async (c) => {
      await Promise.resolve(use(c)).catch(() => {});
    });
    assert(found.some((one) => one.startsWith(finding)), `${finding}: not among ${JSON.stringify(found)}`);
  }
});

test("the gates find a lock that outlives its deadline", async () => {
  await using server = await EtcdServer.start();
  const timeout = 20;
  const late = (_: EtcdCommunicator, lag: LagMeter) => ({
    lock: async () => {
      const deadline = performance.now() + timeout;
      // So late that a process which stood still is no excuse.
      for (let now = deadline; now - deadline - lag.within(deadline, now) <= 10; now = performance.now()) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return null;
    },
  });
  const found = await findings(server, late, (c) => c.lock("a", { timeout }), STRICT);
  assert(
    found.some((one) => /^lock settled \d+ ms after its deadline of 20 ms$/.test(one)),
    found.join("\n"),
  );
});

test("a repetition that keeps what it made is found, and one that lets go of it late is not", async () => {
  const growth = (way: string) => lineOf(new URL("./rig/gates/heap_case.ts", import.meta.url), way);
  assertMatch(await growth("keep"), /^heap growth: \d+\.\d+ MB, more than 10\./);
  assertEquals(await growth("let go"), "");
});

test("the gates find nothing in a client that is left alone, and change nothing", async () => {
  await using server = await EtcdServer.start();
  const { signal } = new AbortController();
  const found = await findings(server, () => ({}), async (c) => {
    assert(c instanceof EtcdCommunicator);
    await using watcher = c.watchPrefix("k/", { signal });
    const ready = await watcher.ready;
    const { revision } = await c.put("k/a", "1");
    for await (const event of watcher) {
      assertEquals([event.key, event.revision], ["k/a", revision]);
      break;
    }
    assert(ready < revision);
    const entries = c.namespace("k/").entries({ all: true }, { signal });
    assertEquals(await entries.revision, revision);
    for await (const { key, value } of entries) assertEquals([key, value], ["a", "1"]);
    await using session = await c.session();
    {
      await using lock = await c.lock("jobs", { session, signal });
      await lock.put("k/a", "2");
      assertEquals(await c.tryLock("jobs"), null);
    }
    await using lease = await c.grantLease(60);
    await using _keeper = lease.keepAlive();
    for (const give of [() => c.get("k/a", { signal: aborted }), () => c.lock("jobs", { signal: aborted })]) {
      assertEquals(await give().catch((error) => error), aborted.reason);
    }
  });
  assertEquals(found, []);
});
