/**
 * A server is killed under puts.
 *
 * @module
 */

import { pause } from "../rig/trial/trial.ts";
import type { Row } from "../rig/trial/row.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { readTruth } from "../rig/history/oracle.ts";

/** Puts under way at a time. */
const WIDTH = 50;

export const row: Row = {
  number: 2,
  title: "one node, kill -9 during 5,000 unique puts, restart",
  promise: "lost, doubled = 0",
  async run(trial) {
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const recorder = new Recorder();
    let next = 0;
    const writing = Array.from({ length: WIDTH }, async (_, proc) => {
      while (next < 5_000) {
        const id = next++;
        await recorder.record(proc, c, { kind: "write", puts: [`k/${id}`], deletes: [], value: `v${id}` });
      }
    });
    const kills = 1 + trial.random.below(3);
    for (let i = 0; i < kills; i++) {
      const at = 5_000 * (i + trial.random.between(0.2, 0.8)) / kills;
      while (next < at) await pause(1);
      await server.kill();
      await server.restart();
    }
    await Promise.all(writing);
    const { revision } = await c.put("end", "end");
    const truth = (await readTruth(server, Number(revision))).slice(0, -1);
    const outcomes = Map.groupBy(recorder.calls, (call) => call.maybeExecuted ?? "acknowledged");
    for (const [outcome, calls] of outcomes) trial.note(outcome, calls.length);
    trial.note("kills", kills);
    trial.check({ calls: recorder.calls, watches: [], truth });
  },
};
