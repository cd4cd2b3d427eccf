/**
 * A member loses the others, and its clients with them.
 *
 * @module
 */

import { assert } from "@std/assert";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { connectTo, followerOf } from "../rig/members.ts";
import { PeerNetwork } from "../rig/peers.ts";
import type { Row } from "../rig/trial/row.ts";

export const row: Row = {
  number: 6,
  title: "isolate a follower, watch with requireLeader",
  promise: "resumes on another member: <= 7 s",
  async run(trial) {
    const peers = trial.use(new PeerNetwork());
    const cluster = await trial.cluster({ advertisePeer: peers.advertise });
    await peers.attach(cluster);
    const victim = await followerOf(cluster);
    const c = await connectTo(trial, cluster, victim);
    const others = cluster.servers.filter((server) => server !== victim);
    const writer = await trial.connect(others.map(({ endpoint }) => endpoint), cluster.clientOptions);
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    const recorder = new Recorder();
    const isolated = performance.now();
    peers.isolate(cluster, victim);
    const last = await finish(recorder, writer, "k/");
    await follower.until(last);
    assert(trial.count("watchResumed") > 0, "the watch was not on it");
    trial.span("until the watch shows what happened meanwhile", isolated, performance.now(), 7_000);
    peers.heal();
    const watches = [await follower.finish(last)];
    trial.check({ calls: recorder.calls, watches, truth: await readTruth(others[0], last) });
  },
};
