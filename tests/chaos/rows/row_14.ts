/**
 * The client itself is suspended.
 *
 * @module
 */

import { Holder } from "../rig/suspend.ts";
import type { Row } from "../rig/trial/row.ts";

const TRIES = 100;
/** Seconds. */
const TTL = 2;

export const row: Row = {
  number: 14,
  title: "SIGSTOP the client past the TTL",
  promise: '`signal` aborted before any "held" answer: overlap = 0 in 100 tries',
  async run(trial) {
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const { endpoint, clientOptions: options } = server;
    const holder = trial.use(
      await Holder.start({ endpoint, options, locks: TRIES, ttl: TTL, writes: false }),
    );
    await holder.suspend();
    const acquired: number[] = [];
    await Promise.all(Array.from({ length: TRIES }, async (_, i) => {
      await c.lock(`jobs/${i}`, { timeout: 60_000 });
      acquired[i] = Date.now();
    }));
    await holder.resume();
    const { lastHeld, refused } = await holder.report();
    trial.note("tries", TRIES);
    trial.figure("overlap", lastHeld.filter((last, i) => last >= acquired[i]).length, 0);
    trial.figure("guarded writes not refused", refused.filter((one) => !one).length, 0);
  },
};
