/**
 * The members of a cluster as a client's endpoints.
 *
 * @module
 */

import type { EtcdCluster, EtcdServer } from "../../../src/testing/mod.ts";

/** The endpoints of a cluster, some members before the others: the first is dialed first. */
export function endpointsFrom(cluster: EtcdCluster, ...members: readonly EtcdServer[]): string[] {
  const others = cluster.servers.filter((server) => !members.includes(server));
  return [...members, ...others].map(({ endpoint }) => endpoint);
}

/** The member at an endpoint, as a client's events name it: without the scheme, or with that of TLS. */
export function memberAt(cluster: EtcdCluster, name: string): EtcdServer {
  return cluster.servers.find(({ endpoint }) => endpoint.endsWith(name.replace("https://", "")))!;
}

/** A member that only follows. */
export async function followerOf(cluster: EtcdCluster): Promise<EtcdServer> {
  const leader = await cluster.leader();
  return cluster.servers.find((server) => server !== leader)!;
}
