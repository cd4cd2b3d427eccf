/**
 * Calls and watches are given up as soon as they are made.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { metric } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** How many at a time, and how often. */
const WIDTH = 100;
const ROUNDS = 100;
/** Milliseconds. */
const PROMISED = 5_000;

export const row: Row = {
  number: 25,
  title: "10,000 aborted calls; 10,000 watches opened and closed",
  promise: "the server's watcher and stream gauges return: <= 5 s",
  async run(trial) {
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const before = await gauges(server);
    await trial.repeat(ROUNDS, async () => {
      const controller = new AbortController();
      const reason = new Error("enough");
      const calls = Array.from(
        { length: WIDTH },
        (_, i) =>
          (i % 2 === 0 ? c.put("k/a", "x", controller) : c.get("k/a", controller)).catch((error) => error),
      );
      await pause(trial.random.below(3));
      controller.abort(reason);
      for (const outcome of await Promise.all(calls)) {
        assert(!(outcome instanceof Error) || outcome === reason, String(outcome));
      }
    });
    await trial.repeat(ROUNDS, async () => {
      const watchers = Array.from({ length: WIDTH }, (_, i) => c.watch(`k/${i}`));
      if (trial.random.chance(0.5)) await Promise.all(watchers.map(({ ready }) => ready));
      else await pause(trial.random.below(3));
      await Promise.all(watchers.map((watcher) => watcher.close()));
    });
    const done = performance.now();
    const limit = done + 2 * PROMISED;
    while (JSON.stringify(await gauges(server)) !== JSON.stringify(before) && performance.now() < limit) {
      await pause(50);
    }
    trial.note("gauges before", before.watchers + before.streams + before.calls);
    trial.span("until the gauges are as before", done, performance.now(), PROMISED);
    trial.note("connections lost", trial.count("disconnected"));
  },
};

/** What the server counts as going on. */
async function gauges(server: EtcdServer): Promise<Record<"watchers" | "streams" | "calls", number>> {
  const [watchers, streams, started, handled] = await Promise.all([
    metric(server, "etcd_debugging_mvcc_watcher_total"),
    metric(server, "etcd_debugging_mvcc_watch_stream_total"),
    metric(server, "grpc_server_started_total"),
    metric(server, "grpc_server_handled_total"),
  ]);
  return { watchers, streams, calls: started - handled };
}
