/**
 * Several etcd of their own for a test.
 *
 * @module
 */

import type { EtcdClientOptions } from "../options.ts";
import { launch } from "./launch.ts";
import { leaderOf } from "./leader.ts";
import type { Member } from "./member.ts";
import { addMember, removeMember } from "./membership.ts";
import type { EtcdClusterOptions } from "./options.ts";
import { type EtcdServer, serverOf } from "./server.ts";

/**
 * A cluster of real etcd processes on the loopback interface, with etcd's own pace: heartbeats every 100 ms,
 * an election after a second without. It ends with the process that started it, as {@linkcode EtcdServer} does.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdCluster } from "@etcetra/etcd/testing";
 *
 * await using cluster = await EtcdCluster.start({ size: 3 });
 * await using client = new EtcdClient(cluster.endpoints, cluster.clientOptions);
 * await (await cluster.leader()).kill();
 * ```
 */
export class EtcdCluster implements AsyncDisposable {
  readonly #members: Map<EtcdServer, Member>;
  /** Members that were ever part of it. */
  #count: number;
  /** The whole version of etcd, such as `"3.7.3"`. */
  readonly version: string;
  /** What a client needs to reach any of the members. */
  readonly clientOptions: EtcdClientOptions;

  private constructor(members: readonly Member[]) {
    this.#members = new Map(members.map((member) => [serverOf(member), member]));
    this.#count = members.length;
    const [first] = this.servers;
    this.version = first.version;
    this.clientOptions = first.clientOptions;
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

  /** The members, running or not. */
  get servers(): readonly EtcdServer[] {
    return [...this.#members.keys()];
  }

  /** Where clients reach the members, in the order of `servers`. */
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
    const leader = await leaderOf([...this.#members.values()], signal);
    return this.servers.find((server) => this.#members.get(server) === leader)!;
  }

  /**
   * Adds a member, and starts it; `servers` has it as the last one.
   *
   * A cluster younger than 5 s refuses such changes, which is waited for.
   *
   * @param options With `learner` it only follows, and has no vote.
   * @returns The new member, once it serves.
   */
  async add({ learner = false }: { readonly learner?: boolean } = {}): Promise<EtcdServer> {
    const member = await addMember([...this.#members.values()], this.#count++, learner);
    const server = serverOf(member);
    this.#members.set(server, member);
    return server;
  }

  /**
   * Takes a member out of the cluster and of `servers`. Its process ends by itself; then it is closed.
   *
   * @param server One of `servers`, running or not.
   * @throws {TypeError} If it is not one of them.
   */
  async remove(server: EtcdServer): Promise<void> {
    const member = this.#members.get(server);
    if (!member) throw new TypeError(`Cannot remove ${server.endpoint}: not a member`);
    await removeMember([...this.#members.values()], member);
    this.#members.delete(server);
    await server.close();
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
