import { assert, assertEquals } from "@std/assert";
import { EtcdClient, type EtcdCommunicator, type EtcdLock, type LockOptions } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

/** Aborts at the nth step of a client: before a call is sent, or when an answer has come. */
class AbortPoint {
  readonly caller = new AbortController();
  #steps: number;

  constructor(steps: number) {
    this.#steps = steps;
  }

  get reached(): boolean {
    return this.caller.signal.aborted;
  }

  step(): void {
    if (this.#steps-- === 0) this.caller.abort(new Error("enough"));
  }
}

/** A client whose calls are the steps of whatever point is set. */
function steppingClient(server: EtcdServer) {
  const steps = { point: new AbortPoint(Infinity) };
  const client = new EtcdClient(server.endpoint, {
    ...server.clientOptions,
    middleware: [async function* (call, options) {
      const { point } = steps;
      point.step();
      if (!call.responseStream) {
        const response = yield* call.next(call.request, options);
        point.step();
        return response;
      }
      for await (const response of call.next(call.request, options)) {
        point.step();
        yield response;
      }
    }],
  });
  return { client, steps };
}

async function untilQueued(c: EtcdCommunicator, contenders: number, over: () => boolean): Promise<void> {
  while (!over() && await c.count({ prefix: "jobs/" }) < contenders) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/**
 * Aborts an attempt at each of its steps in turn, and checks that nothing is left each time.
 *
 * @returns How many steps an attempt has.
 */
async function abortEverywhere(contended: boolean, options: LockOptions, shared: boolean): Promise<number> {
  await using server = await EtcdServer.start();
  const { client, steps } = steppingClient(server);
  await using _client = client;
  await using witness = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using w = await witness.connect();
  await using session = shared ? await c.session() : undefined;
  for (let at = 0;; at++) {
    const holder = contended ? await w.lock("jobs") : undefined;
    const point = steps.point = new AbortPoint(at);
    let settled = false;
    const attempt = c.lock("jobs", { ...options, session, signal: point.caller.signal })
      .catch((error) => error).finally(() => settled = true);
    if (contended) await untilQueued(w, 2, () => settled);
    await holder?.release();
    const outcome: EtcdLock | Error = await attempt;
    if (outcome instanceof Error) assertEquals(outcome.message, "enough");
    else await outcome.release();
    assertEquals(await w.keysPrefix("jobs"), [], `after step ${at}`);
    assertEquals(await w.listLeases(), session === undefined ? [] : [session.lease], `after step ${at}`);
    assertEquals(session?.signal.aborted ?? false, false, `after step ${at}`);
    if (!point.reached) return at;
  }
}

test("giving up at any step of acquiring a free lock leaves neither key nor lease", async () => {
  const steps = await abortEverywhere(false, {}, false);
  assert(steps >= 4, `${steps} steps: before and after the grant and the transaction`);
});

test("giving up at any step of waiting for a lock leaves neither key nor lease", async () => {
  const steps = await abortEverywhere(true, {}, false);
  assert(steps >= 8, `${steps} steps: the same, and those of the watch and of the look`);
});

test("giving up at any step of acquiring a lock with a ttl leaves neither key nor lease", async () => {
  const steps = await abortEverywhere(true, { ttl: 5 }, false);
  assert(steps >= 10, `${steps} steps: the same, and those of the last renewal`);
});

test("giving up at any step on a shared session leaves no key and keeps the session", async () => {
  const steps = await abortEverywhere(true, {}, true);
  assert(steps >= 6, `${steps} steps: those of the transaction, the watch and the look`);
});
