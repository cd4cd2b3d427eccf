/**
 * What a watch missed is compacted away.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { EtcdCompactedError } from "../../../mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { Oracle } from "../rig/history/oracle.ts";
import type { Row } from "../rig/trial/row.ts";

const PUTS = 1_000;

export const row: Row = {
  number: 10,
  title: "disconnect, 1,000 puts, compact, reconnect",
  promise: "one EtcdCompactedError: silent gaps = 0",
  async run(trial) {
    const server = await trial.server();
    const proxy = await trial.proxy(server);
    const oracle = trial.use(new Oracle(server));
    const c = await trial.connect(proxy.address, server.clientOptions);
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    const seen = Number((await direct.put("k/a", "seen")).revision);
    await follower.until(seen);
    proxy.refuse(true);
    proxy.cut();
    const puts = await Promise.all(Array.from({ length: PUTS }, (_, i) => direct.put(`k/${i % 7}`, `${i}`)));
    const last = Math.max(...puts.map(({ revision }) => Number(revision)));
    await oracle.until(last);
    // Past the next revision of the watch, which nothing is missing from otherwise.
    const compacted = last - trial.random.below(PUTS - 1);
    await direct.compact(BigInt(compacted));
    proxy.heal();
    await follower.ended();
    assert(follower.error instanceof EtcdCompactedError, String(follower.error));
    assertEquals(Number(follower.error.compactRevision), compacted);
    const { error: _, ...log } = await follower.finish(seen);
    assertEquals([log.resume, log.delivered.length], [seen + 1, 1]);
    // List, then follow: what the error asks for.
    const { revision } = await c.range({ prefix: "k/" });
    const anew = trial.use(new Follower(c, { prefix: "k/", startRevision: revision + 1n }));
    await anew.ready;
    const end = Number((await direct.put("k/a", "end")).revision);
    await oracle.until(end);
    await anew.until(end);
    trial.note("revisions missed", last - seen);
    trial.check({ watches: [log, await anew.finish(end)], truth: oracle.truth });
  },
};
