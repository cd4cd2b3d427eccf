/**
 * Requests arrive and their answers do not.
 *
 * @module
 */

import { Recorder } from "../rig/history/recorder.ts";
import { readTruth } from "../rig/history/oracle.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";
import { Ways } from "../rig/ways.ts";

const ROUNDS = 20;
/** Puts a round. */
const WIDTH = 50;
/** Keys that the puts share. */
const KEYS = 10;

export const row: Row = {
  number: 3,
  title: "request forwarded, response withheld, reset; 1,000 puts",
  promise: "key version <= calls made: excess = 0",
  async run(trial) {
    const server = await trial.server();
    const ways = await Ways.open(trial, server, ROUNDS + 1);
    const c = await trial.connect(ways.addresses, server.clientOptions);
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    const recorder = new Recorder();
    const made = new Map<string, number>();
    await trial.repeat(ROUNDS, async (round) => {
      await c.get("connected");
      const before = (await direct.range("k/")).revision;
      ways.withhold();
      const calls = Array.from({ length: WIDTH }, (_, i) => {
        const key = `k/${i % KEYS}`;
        made.set(key, (made.get(key) ?? 0) + 1);
        return recorder.record(i, c, { kind: "write", puts: [key], deletes: [], value: `${round}-${i}` });
      });
      // Sometimes all have been executed when the connection is reset, sometimes not yet.
      const executed = BigInt(trial.random.chance(0.7) ? WIDTH : trial.random.below(WIDTH));
      while ((await direct.range("k/")).revision < before + executed) await pause(1);
      ways.cut();
      ways.heal();
      await Promise.all(calls);
    });
    const { kvs, revision } = await direct.range({ prefix: "k/" });
    const excess = kvs.map(({ key, version }) => Math.max(0, Number(version) - made.get(key)!));
    trial.note("puts", recorder.calls.length);
    trial.note(
      "whose execution is unknown",
      recorder.calls.filter((call) => call.maybeExecuted === "unknown").length,
    );
    trial.figure("excess", excess.reduce((a, b) => a + b, 0), 0);
    trial.check({ calls: recorder.calls, watches: [], truth: await readTruth(server, Number(revision)) });
  },
};
