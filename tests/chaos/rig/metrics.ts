/**
 * What etcd counts of itself.
 *
 * @module
 */

import type { EtcdServer } from "../../../src/testing/mod.ts";

/** The sum of a metric over all its labels, or over those that contain a text such as `grpc_method="Put"`. */
export async function metric(server: EtcdServer, name: string, label = ""): Promise<number> {
  let sum = 0;
  for (const line of (await server.metrics()).split("\n")) {
    const [full, value] = line.split(" ");
    if ((full === name || full.startsWith(`${name}{`)) && full.includes(label)) sum += Number(value);
  }
  return sum;
}

/** Calls of a method that have begun, since the server started. */
export function callsOf(server: EtcdServer, method: string): Promise<number> {
  return metric(server, "grpc_server_started_total", `grpc_method="${method}"`);
}
