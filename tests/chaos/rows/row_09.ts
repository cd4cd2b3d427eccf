/**
 * Connections are cut just after a watch has begun.
 *
 * @module
 */

import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import type { WatchLog } from "../rig/history/watch_log.ts";
import type { Row } from "../rig/trial/row.ts";
import { Ways } from "../rig/ways.ts";

export const row: Row = {
  number: 9,
  title: "cut between `created` and the first event",
  promise: "nothing after `ready` lost: lost = 0",
  async run(trial) {
    const rounds = trial.scale(40, 200);
    const server = await trial.server();
    const ways = await Ways.open(trial, server, 2 * rounds + 1);
    const c = await trial.connect(ways.addresses, server.clientOptions);
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    const watches: WatchLog[] = [];
    let last = 0;
    await trial.repeat(rounds, async (i) => {
      await using follower = new Follower(c, { prefix: "k/" });
      // Changes on their way while the watch begins.
      const before = Array.from({ length: 3 }, (_, j) => writer.put("k/a", `${i}-${j}`));
      if (trial.random.chance(0.3)) {
        for (const link of ways.links) link.toClient.cutAfter(trial.random.below(200), "reset");
      }
      await follower.ready;
      ways.cut(trial.random.pick(["end", "reset"]));
      const after = [writer.put("k/a", `${i}-after`), ...before];
      const revisions = (await Promise.all(after)).map(({ revision }) => Number(revision));
      last = Math.max(...revisions);
      await follower.until(last);
      watches.push(await follower.finish(last));
    });
    trial.check({ watches, truth: await readTruth(server, last) });
  },
};
