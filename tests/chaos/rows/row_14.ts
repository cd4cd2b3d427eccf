/**
 * The client itself is suspended.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { Holder, lockTtl } from "../rig/suspend.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

/** Locks that are held in each of the suspended processes. */
const LOCKS = 50;

export const row: Row = {
  number: 14,
  title: "SIGSTOP the client past the TTL",
  promise: '`signal` aborted before any "held" answer: overlap = 0 in 100 tries',
  async run(trial) {
    const suspensions = trial.scale(2, 10);
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    let [overlap, unrefused] = [0, 0];
    for (let i = 0; i < suspensions; i++) {
      const lost = await suspend(trial, server, c);
      overlap += lost.overlap;
      unrefused += lost.unrefused;
    }
    trial.note("tries", suspensions * LOCKS);
    trial.figure("overlap", overlap, 0);
    trial.figure("guarded writes not refused", unrefused, 0);
  },
};

/** Suspends a process that holds locks until others have them, and a little longer. */
async function suspend(trial: Trial, { endpoint, clientOptions: options }: EtcdServer, c: EtcdCommunicator) {
  const ttl = lockTtl(trial);
  await using holder = await Holder.start({ endpoint, options, locks: LOCKS, ttl, writes: false });
  // Leases are renewed at a third of their time: at any time between two renewals.
  await pause(trial.random.between(0, ttl * 1000 / 2));
  await holder.suspend();
  const acquired: number[] = [];
  const locks = await Promise.all(Array.from({ length: LOCKS }, async (_, i) => {
    const lock = await c.lock(`jobs/${i}`, { timeout: 60_000 });
    acquired[i] = Date.now();
    return lock;
  }));
  await pause(trial.random.below(300));
  await holder.resume();
  const { lastHeld, refused } = await holder.report();
  await Promise.all(locks.map((lock) => lock.release()));
  return {
    overlap: lastHeld.filter((last, i) => last >= acquired[i]).length,
    unrefused: refused.filter((one) => !one).length,
  };
}
