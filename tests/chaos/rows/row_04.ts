/**
 * The member that a client is connected to stands still.
 *
 * @module
 */

import { Follower } from "../rig/history/follow.ts";
import { endpointsFrom, memberAt } from "../rig/members.ts";
import type { Row } from "../rig/trial/row.ts";

export const row: Row = {
  number: 4,
  title: "SIGSTOP the connected member for 30 s",
  promise: "fails over by keep-alive: <= time + timeout + 1 s",
  async run(trial) {
    const keepAlive = trial.long ? { time: 10_000, timeout: 5_000 } : { time: 6_000, timeout: 2_000 };
    const cluster = await trial.cluster();
    const victim = trial.random.pick(cluster.servers);
    const endpoints = endpointsFrom(cluster, victim);
    const c = await trial.connect(endpoints, { ...cluster.clientOptions, keepAlive });
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    const stopped = memberAt(cluster, trial.connected[0]);
    const paused = performance.now();
    await stopped.pause();
    try {
      const { revision } = await c.range("k/", { timeout: 60_000 });
      const limit = keepAlive.time + keepAlive.timeout + 1_000;
      trial.span("until a read that was under way is answered", paused, performance.now(), limit);
      await c.put("k/a", "after", { timeout: 60_000 });
      await follower.until(Number(revision) + 1);
      trial.span("until the watch goes on", paused, performance.now(), limit);
    } finally {
      await stopped.resume();
    }
  },
};
