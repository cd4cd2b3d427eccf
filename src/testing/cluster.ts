/**
 * Several etcd of their own for a test.
 *
 * @module
 */

import type { EtcdClientOptions } from "../options.ts";
import { delay } from "./delay.ts";
import { launch } from "./launch.ts";
import { isLeader, type Member } from "./member.ts";
import type { EtcdClusterOptions } from "./options.ts";
import { type EtcdServer, serverOf } from "./server.ts";

/** Milliseconds between two looks for a leader. */
const LOOK = 50;

/**
 * A cluster of real etcd processes on the loopback interface, with etcd's own pace: heartbeats every 100 ms,
 * an election after a second without. It ends with the process that started it, as {@linkcode EtcdServer} does.
 *
 * @example
 * ```ts ignore
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdCluster } from "@etcetra/etcd/testing";
 *
 * await using cluster = await EtcdCluster.start({ size: 3 });
 * await using client = new EtcdClient(cluster.endpoints, cluster.clientOptions);
 * await (await cluster.leader()).kill();
 * ```
 */
export class EtcdCluster implements AsyncDisposable {
  readonly #members: readonly Member[];
  /** The members, running or not. */
  readonly servers: readonly EtcdServer[];
  /** The whole version of etcd, such as `"3.7.3"`. */
  readonly version: string;
  /** What a client needs to reach any of them. */
  readonly clientOptions: EtcdClientOptions;

  private constructor(members: readonly Member[]) {
    this.#members = members;
    this.servers = members.map((member) => serverOf(member));
    this.version = this.servers[0].version;
    this.clientOptions = this.servers[0].clientOptions;
  }

  /**
   * Starts a cluster, all members at once.
   *
   * @param options Those of {@linkcode EtcdServer.start}, for each member, and how many.
   * @returns The cluster, once every member is healthy.
   * @throws {RangeError} If the size is not a whole number from 1 on, or the version unknown.
   * @throws {Error} As {@linkcode EtcdServer.start}; nothing is left running.
   */
  static async start(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
    const { size = 3 } = options;
    if (!Number.isInteger(size) || size < 1) throw new RangeError(`Cannot start a cluster of size ${size}`);
    return new EtcdCluster(await launch(options, size));
  }

  /** Where clients reach the members, in order. */
  get endpoints(): readonly string[] {
    return this.servers.map(({ endpoint }) => endpoint);
  }

  /** What `etcdctl` needs to reach them, as environment variables. */
  get etcdctlEnvironment(): Readonly<Record<string, string>> {
    return { ...this.servers[0].etcdctlEnvironment, ETCDCTL_ENDPOINTS: this.endpoints.join(",") };
  }

  /**
   * Waits until exactly one of the members that answer says that it leads.
   *
   * @param signal Ends the wait; it rejects with the signal's reason.
   */
  async leader(signal?: AbortSignal): Promise<EtcdServer> {
    for (;;) {
      const leads = await Promise.all(this.#members.map(isLeader));
      const leaders = this.servers.filter((_, index) => leads[index]);
      if (leaders.length === 1) return leaders[0];
      await delay(LOOK, signal);
    }
  }

  /** Kills all members and removes their data. Idempotent. */
  async close(): Promise<void> {
    await Promise.all(this.servers.map((server) => server.close()));
  }

  /** As {@linkcode EtcdCluster.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}
