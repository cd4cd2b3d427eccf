/**
 * A holder of a lock writes after it has lost it.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { callsOf } from "../rig/metrics.ts";
import { Holder, lockTtl } from "../rig/suspend.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

const LOCKS = 20;
/** Milliseconds in which each holder begins its next write. */
const NEXT = 500;
/** Milliseconds within which they arrive. */
const ARRIVED = 10_000;

export const row: Row = {
  number: 16,
  title: "pause a lock holder past its TTL; another acquires",
  promise: "the guarded write of the first is refused: stale writes = 0",
  async run(trial) {
    const rounds = trial.scale(1, 3);
    let [late, stale, untold] = [0, 0, 0];
    for (let i = 0; i < rounds; i++) {
      const server = await trial.server();
      const outcome = await overtake(trial, server);
      late += outcome.late;
      untold += outcome.untold;
      stale += await staleWrites(trial, server);
    }
    trial.note("locks", rounds * LOCKS);
    trial.note("guarded writes that arrived late", late);
    assert(late > 0, "no write was under way");
    trial.figure("stale writes", stale, 0);
    trial.figure("guarded writes not refused", untold, 0);
  },
};

/**
 * Suspends a process whose guarded writes are under way, lets others have its locks and write, and only then lets the
 * writes arrive: the process was sure that it held its locks when it sent them, and nobody but etcd can refuse them.
 */
async function overtake(trial: Trial, server: EtcdServer) {
  const c = await trial.connect(server.endpoint, server.clientOptions);
  const proxy = await trial.proxy(server);
  const { clientOptions: options } = server;
  const request = {
    endpoint: proxy.address,
    options,
    locks: LOCKS,
    ttl: lockTtl(trial),
    writes: true,
  };
  await using holder = await Holder.start(request);
  while ((await c.count({ prefix: "written/" })) < LOCKS) await pause(5);
  proxy.holdRequests();
  await pause(NEXT);
  await holder.suspend();
  await Promise.all(Array.from({ length: LOCKS }, async (_, i) => {
    const lock = await c.lock(`jobs/${i}`, { timeout: 60_000 });
    await lock.put(`written/${i}`, "second");
  }));
  const before = await callsOf(server, "Txn");
  proxy.heal();
  const healed = performance.now();
  while (await callsOf(server, "Txn") === before && performance.now() < healed + ARRIVED) await pause(5);
  await holder.resume();
  const { refused } = await holder.report();
  return { late: await callsOf(server, "Txn") - before, untold: refused.filter((one) => !one).length };
}

/** How many values of the second were replaced. */
async function staleWrites(trial: Trial, server: EtcdServer): Promise<number> {
  const c = await trial.connect(server.endpoint, server.clientOptions);
  const { revision } = await c.put("end", "end");
  const changes = (await readTruth(server, Number(revision))).flatMap((one) => one.changes);
  return changes.filter(({ prev, value }) => prev?.value === "second" && value !== "second").length;
}
