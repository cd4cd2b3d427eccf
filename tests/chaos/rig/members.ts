/**
 * The members of a cluster as a client's endpoints.
 *
 * @module
 */

import type { ClientEvent, EtcdClientOptions, EtcdCommunicator } from "../../../mod.ts";
import type { EtcdCluster, EtcdServer } from "../../../src/testing/mod.ts";
import type { Trial } from "./trial/trial.ts";

/** The endpoints of a cluster, some members before the others: the first is dialed first. */
export function endpointsFrom(cluster: EtcdCluster, ...members: readonly EtcdServer[]): string[] {
  const others = cluster.servers.filter((server) => !members.includes(server));
  return [...members, ...others].map(({ endpoint }) => endpoint);
}

/** The member at an endpoint, as a client's events name it: without the scheme, or with that of TLS. */
export function memberAt(cluster: EtcdCluster, name: string): EtcdServer {
  return cluster.servers.find(({ endpoint }) => endpoint.endsWith(name.replace("https://", "")))!;
}

/** Connects a client to a member of a cluster whose other members it knows too. */
export async function connectTo(
  trial: Trial,
  cluster: EtcdCluster,
  member: EtcdServer,
  options: EtcdClientOptions = {},
): Promise<EtcdCommunicator> {
  let at = "";
  const onEvent = (event: ClientEvent) => {
    if (event.type === "connected") at = event.endpoint;
    options.onEvent?.(event);
  };
  for (;;) {
    const all = { ...cluster.clientOptions, ...options, onEvent };
    const c = await trial.connect(endpointsFrom(cluster, member), all);
    if (memberAt(cluster, at) === member) return c;
    await c.close(); // a slow machine lets another member be the first to answer
  }
}

/** A member that only follows. */
export async function followerOf(cluster: EtcdCluster): Promise<EtcdServer> {
  const leader = await cluster.leader();
  return cluster.servers.find((server) => server !== leader)!;
}
