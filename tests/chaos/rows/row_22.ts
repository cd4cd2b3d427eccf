/**
 * The server sends its clients away.
 *
 * @module
 */

import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { DrainingProxy } from "../rig/proxy/draining_proxy.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

const CALLS = 50;

export const row: Row = {
  number: 22,
  title: `GOAWAY(2^31-1) then (n) under ${CALLS} calls`,
  promise: "<= n finish, > n retried: errors, doubles = 0",
  async run(trial) {
    const rounds = trial.scale(15, 50);
    const server = await trial.server();
    const proxy = trial.use(await DrainingProxy.start(server));
    const c = await trial.connect(proxy.address, server.clientOptions);
    const recorder = new Recorder();
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    await trial.repeat(rounds, async (round) => {
      const drained = proxy.drain(trial.random.below(CALLS));
      await Promise.all(Array.from({ length: CALLS }, (_, i) => {
        const value = `${round}-${i}`;
        return recorder.record(i, c, { kind: "write", puts: [`k/${value}`], deletes: [], value });
      }));
      await drained;
    });
    const end = await finish(recorder, c, "k/");
    await follower.until(end);
    const log = await follower.finish(end);
    const errors = recorder.calls.filter(({ error }) => error !== undefined);
    for (let wait = 0; proxy.connections > 1 && wait < 500; wait++) await pause(20);
    trial.note("calls", recorder.calls.length);
    trial.figure("errors", errors.length, 0, "", errors[0]?.error);
    trial.figure("connections left beside the last", proxy.connections - 1, 0);
    trial.check({ calls: recorder.calls, watches: [log], truth: await readTruth(server, end) });
  },
};
