/**
 * Members come and go.
 *
 * @module
 */

import { endpointsFrom, memberAt } from "../rig/members.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

export const row: Row = {
  number: 20,
  title: "remove the connected member; add a learner",
  promise: "moves; learner skipped: failed reads = 0",
  async run(trial) {
    const cluster = await trial.cluster();
    const [learner] = [await cluster.add({ learner: true })];
    // The learner is the first that the client meets.
    const c = await trial.connect(endpointsFrom(cluster, learner), cluster.clientOptions);
    await c.put("k/a", "there");
    let [done, reads] = [false, 0];
    const failures: string[] = [];
    const reading = Array.from({ length: 5 }, async () => {
      while (!done) {
        reads++;
        await c.get("k/a").catch((error) => failures.push(String(error)));
        await pause(5);
      }
    });
    await pause(1_000);
    const connected = memberAt(cluster, trial.connected.at(-1)!);
    const moved = trial.next("connected");
    await cluster.remove(connected);
    await moved;
    await pause(1_000);
    done = true;
    await Promise.all(reading);
    trial.note("reads", reads);
    trial.figure(`failed reads (${failures[0] ?? "none"})`, failures.length, 0);
  },
};
