/**
 * What an etcd says of itself.
 *
 * @module
 */

import { delay } from "@std/async";
import type { EtcdServer } from "../../src/testing/mod.ts";

/** Numbers of one moment, by name. */
export type Metrics = ReadonlyMap<string, number>;

/** Reads all metrics; those with labels are summed up under their name. */
export async function metricsOf(server: EtcdServer): Promise<Metrics> {
  const sums = new Map<string, number>();
  for (const line of (await server.metrics()).split("\n")) {
    const [, name, value] = /^(\w+)(?:\{.*\})? (\S+)$/.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}

/** Calls, streams included, that began and have not ended. */
export function callsInFlight(metrics: Metrics): number {
  const of = (name: string) => metrics.get(name) ?? 0;
  return of("grpc_server_started_total") - of("grpc_server_handled_total");
}

/** Waits until the metrics are as they should be. */
export async function metricsReach(
  server: EtcdServer,
  holds: (metrics: Metrics) => boolean,
): Promise<Metrics> {
  for (;;) {
    const metrics = await metricsOf(server);
    if (holds(metrics)) return metrics;
    await delay(20);
  }
}

/** Waits until the server knows of no call and no watcher. */
export async function becomesIdle(server: EtcdServer): Promise<void> {
  await metricsReach(
    server,
    (metrics) => callsInFlight(metrics) === 0 && metrics.get("etcd_debugging_mvcc_watcher_total") === 0,
  );
}
