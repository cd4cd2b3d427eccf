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

/** Where a client is, from the events that it is given. */
export class Whereabouts {
  readonly #cluster: EtcdCluster;
  #member: EtcdServer | undefined;

  constructor(cluster: EtcdCluster) {
    this.#cluster = cluster;
  }

  /** For the client's options. */
  readonly onEvent = (event: ClientEvent): void => {
    if (event.type === "connected") this.#member = memberAt(this.#cluster, event.endpoint);
  };

  /** The member it was connected to last; undefined before it was to any. */
  get member(): EtcdServer | undefined {
    return this.#member;
  }
}

/** Connects a client to a member of a cluster whose other members it knows too. */
export async function connectTo(
  trial: Trial,
  cluster: EtcdCluster,
  member: EtcdServer,
  options: EtcdClientOptions = {},
): Promise<EtcdCommunicator> {
  const place = new Whereabouts(cluster);
  const onEvent = (event: ClientEvent) => {
    place.onEvent(event);
    options.onEvent?.(event);
  };
  for (;;) {
    const all = { ...cluster.clientOptions, ...options, onEvent };
    const c = await trial.connect(endpointsFrom(cluster, member), all);
    if (place.member === member) return c;
    await c.close(); // a slow machine lets another member be the first to answer
  }
}

/** A member that only follows. */
export async function followerOf(cluster: EtcdCluster): Promise<EtcdServer> {
  const leader = await cluster.leader();
  return cluster.servers.find((server) => server !== leader)!;
}
