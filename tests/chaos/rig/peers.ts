/**
 * The network between the members of a cluster: a proxy before each member's peer port, which tells who calls.
 *
 * Members call each other both ways, and every connection carries messages both ways (etcd `server/etcdserver/api/rafthttp`),
 * so that a member is only cut off where the connections that it opened are, too. Its requests say who it is.
 *
 * @module
 */

import { type EtcdCluster, etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import type { Conditions } from "./proxy/link.ts";
import { TcpProxy } from "./proxy/proxy.ts";

const DROP: Conditions = { toServer: { mode: "drop", delay: 0 }, toClient: { mode: "drop", delay: 0 } };

/** See the module. Its `advertise` goes into the options of a cluster; `attach` learns who is who. */
export class PeerNetwork implements AsyncDisposable {
  readonly #proxies: TcpProxy[] = [];
  /** Member ids in hexadecimal, as requests carry them, by the member's place in the cluster. */
  #ids: readonly string[] = [];
  #isolated = new Set<number>();
  readonly #clear: Conditions;

  /** @param delay Milliseconds by which everything between members is late, each way. */
  constructor(delay = 0) {
    const flow = { mode: "flow", delay } as const;
    this.#clear = { toServer: flow, toClient: flow };
  }

  /** For `advertisePeer` of a cluster. */
  readonly advertise = async (peerUrl: string, index: number): Promise<string> => {
    const proxy = await TcpProxy.start(peerUrl, { identify: senderOf });
    this.#proxies[index] = proxy;
    proxy.impose((link) => this.#reaches(link.label, index) ? this.#clear : DROP);
    return `http://${proxy.address}`;
  };

  /** Learns the ids of the members. */
  async attach(cluster: EtcdCluster): Promise<void> {
    // Not as JSON, whose numbers would lose digits. A line: id, status, name, peer URLs, client URLs, whether a learner.
    const lines = (await etcdctl(cluster, ["member", "list"])).trim().split("\n").map((line) =>
      line.split(", ")
    );
    this.#ids = cluster.servers.map(({ endpoint }) => lines.find((fields) => fields.includes(endpoint))![0]);
  }

  /** Cuts members off from the others, and lets the rest reach each other. */
  isolate(cluster: EtcdCluster, ...servers: readonly EtcdServer[]): void {
    this.#isolated = new Set(servers.map((server) => cluster.servers.indexOf(server)));
    for (const proxy of this.#proxies) proxy.reconsider();
  }

  /** Lets all members reach each other; what was cut is reset. */
  heal(): void {
    this.#isolated.clear();
    for (const proxy of this.#proxies) proxy.reconsider();
  }

  /** Ends it. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.#proxies.map((proxy) => proxy.close()));
  }

  /** As {@linkcode PeerNetwork.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #reaches(label: string | undefined, to: number): boolean {
    const from = label === undefined ? -1 : this.#ids.indexOf(label);
    return from < 0 ? true : this.#isolated.has(from) === this.#isolated.has(to);
  }
}

/** Who sends an HTTP request of the peer protocol. */
function senderOf(first: Uint8Array): string | undefined {
  const text = new TextDecoder("latin1").decode(first.subarray(0, 2048));
  return /^x-server-from: *([0-9a-f]+)/im.exec(text)?.[1];
}
