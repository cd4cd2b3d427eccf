/**
 * What servers still count when every client has gone.
 *
 * @module
 */

import { etcdctl } from "../../../src/testing/mod.ts";
import { metric } from "../rig/metrics.ts";
import { pause } from "../rig/trial/trial.ts";
import type { World } from "./world.ts";

/** Milliseconds within which all has to be gone: what could not be given back lives for its ttl. */
const PATIENCE = 45_000;

/** What goes on, on all members together. */
export interface Leftovers {
  readonly connections: number;
  readonly watchers: number;
  readonly streams: number;
  /** Calls that began and did not end. */
  readonly calls: number;
  readonly leases: number;
}

/** Waits until nothing is left. */
export async function leftoversOf(world: World): Promise<Leftovers> {
  const limit = performance.now() + PATIENCE;
  for (;;) {
    const over = performance.now() > limit;
    const left = await count(world).catch((error) => {
      if (over) throw error;
    });
    if (left && (over || Object.values(left).every((value) => value === 0))) return left;
    await pause(200);
  }
}

async function count({ cluster, connections }: World): Promise<Leftovers> {
  const sum = async (name: string) => {
    const values = await Promise.all(cluster.servers.map((server) => metric(server, name)));
    return values.reduce((total, value) => total + value, 0);
  };
  const watchers = await sum("etcd_debugging_mvcc_watcher_total");
  const streams = await sum("etcd_debugging_mvcc_watch_stream_total");
  const calls = await sum("grpc_server_started_total") - await sum("grpc_server_handled_total");
  const [, ...leases] = (await etcdctl(cluster, ["lease", "list"])).trim().split("\n");
  return { connections, watchers, streams, calls, leases: leases.length };
}
