/**
 * The network swallows everything, and nobody says so.
 *
 * @module
 */

import { assert } from "@std/assert";
import { Follower } from "../rig/history/follow.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Milliseconds: the default keep-alive time and timeout, and one second to go on elsewhere. */
const DEFAULT = 15_000;

export const row: Row = {
  number: 5,
  title: "blackhole under an idle watch",
  promise: "resumes elsewhere by keep-alive: <= 15 s by default",
  async run(trial) {
    const server = await trial.server();
    const [first, second] = [await trial.proxy(server), await trial.proxy(server)];
    const c = await trial.connect([first.address, second.address], server.clientOptions);
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    await pause(trial.random.between(0, 2_000));
    const used = first.links.length > 0 ? first : second;
    const blackholed = performance.now();
    used.blackhole();
    const { revision } = await direct.put("k/a", "unseen");
    await follower.until(Number(revision));
    assert(trial.count("watchResumed") > 0, "the watch was not on it");
    trial.span("until the watch shows what happened meanwhile", blackholed, performance.now(), DEFAULT);
  },
};
