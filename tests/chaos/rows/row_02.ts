/**
 * A server is killed under puts.
 *
 * @module
 */

import { assert } from "@std/assert";
import { pause } from "../rig/trial/trial.ts";
import type { Row } from "../rig/trial/row.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { readTruth } from "../rig/history/oracle.ts";

/** Puts at least, and how many are under way at a time. */
const PUTS = 5_000;
const WIDTH = 50;
/** Kills more than wanted, at most. */
const SPARE = 5;

export const row: Row = {
  number: 2,
  title: "one node, kill -9 during 5,000 unique puts, restart",
  promise: "lost, doubled = 0",
  async run(trial) {
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const recorder = new Recorder();
    let [next, hit, killing] = [0, 0, true];
    const writing = Array.from({ length: WIDTH }, async (_, proc) => {
      while (killing || next < PUTS) {
        const id = next++;
        const { maybeExecuted } = await recorder.record(proc, c, {
          kind: "write",
          puts: [`k/${id}`],
          deletes: [],
          value: `v${id}`,
        });
        if (maybeExecuted === "unknown") hit++;
      }
    });
    const wanted = 1 + trial.random.below(3);
    let kills = 0;
    // A kill between an answer and the next request meets no put; another one then does.
    while (kills < wanted || (hit === 0 && kills < wanted + SPARE)) {
      const at = Math.max(next, PUTS * kills / wanted) + PUTS * trial.random.between(0.1, 0.8) / wanted;
      while (next < at) await pause(1);
      await server.kill();
      await server.restart();
      kills++;
    }
    killing = false;
    await Promise.all(writing);
    const { revision } = await c.put("end", "end");
    const truth = (await readTruth(server, Number(revision))).slice(0, -1);
    const outcomes = Map.groupBy(recorder.calls, (call) => call.maybeExecuted ?? "acknowledged");
    for (const [outcome, calls] of outcomes) trial.note(outcome, calls.length);
    trial.note("kills", kills);
    trial.check({ calls: recorder.calls, watches: [], truth });
    assert(hit > 0, "no kill has met a put under way");
  },
};
