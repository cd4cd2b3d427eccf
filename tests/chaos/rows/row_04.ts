/**
 * The member that a client is connected to stands still.
 *
 * @module
 */

import { assert } from "@std/assert";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { endpointsFrom, memberAt } from "../rig/members.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Milliseconds that the member stands still in the long form; in the short one, until the client has moved. */
const STILL = 30_000;

export const row: Row = {
  number: 4,
  title: "SIGSTOP the connected member for 30 s",
  promise: "fails over by keep-alive: <= time + timeout + 1 s",
  async run(trial) {
    const keepAlive = trial.long ? { time: 10_000, timeout: 4_000 } : { time: 6_000, timeout: 2_000 };
    const limit = keepAlive.time + keepAlive.timeout + 1_000;
    const cluster = await trial.cluster();
    const endpoints = endpointsFrom(cluster, trial.random.pick(cluster.servers));
    const c = await trial.connect(endpoints, { ...cluster.clientOptions, keepAlive });
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    const recorder = new Recorder();
    const stopped = memberAt(cluster, trial.connected.at(-1)!);
    const paused = performance.now();
    await stopped.pause();
    try {
      await c.range("k/", { timeout: 60_000 });
      trial.span("until a read that was under way is answered", paused, performance.now(), limit);
      await follower.until(await finish(recorder, c, "k/"));
      trial.span("until the watch goes on", paused, performance.now(), limit);
      await pause(paused + trial.scale(0, STILL) - performance.now());
    } finally {
      await stopped.resume();
    }
    assert(trial.count("disconnected") > 0, "nobody was connected to it");
    const last = await finish(recorder, c, "k/");
    await follower.until(last);
    trial.check({
      calls: recorder.calls,
      watches: [await follower.finish(last)],
      truth: await readTruth(cluster, last),
    });
  },
};
