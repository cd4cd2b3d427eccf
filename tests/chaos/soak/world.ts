/**
 * Three members of etcd behind proxies, with TLS that asks clients for their certificates, and users whose tokens live
 * for 5 s.
 *
 * @module
 */

import { mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EtcdCluster, TestCa } from "../../../src/testing/mod.ts";
import { jwtArguments } from "../rig/jwt.ts";
import { PeerNetwork } from "../rig/peers.ts";
import { TcpProxy } from "../rig/proxy/proxy.ts";
import type { Random } from "../rig/random.ts";
import type { Identity } from "./client/messages.ts";
import { CANARY } from "./client/secrets.ts";

/** Seconds that a token lives. */
const TTL = 5;

/** What a world is made with. */
interface Parts {
  readonly cluster: EtcdCluster;
  readonly peers: PeerNetwork;
  readonly proxies: readonly TcpProxy[];
  readonly authorities: readonly TestCa[];
  readonly folder: string;
  readonly tokens: string;
}

/** See the module. */
export class World implements AsyncDisposable {
  readonly cluster: EtcdCluster;
  /** Between the members. */
  readonly peers: PeerNetwork;
  /** Between the clients and each member. */
  readonly proxies: readonly TcpProxy[];
  /** The kind of tokens. */
  readonly tokens: string;
  readonly password: string = PASSWORD;
  /** A file with the {@linkcode Identity} that clients are to have. */
  readonly identity: string;
  readonly #authorities: readonly TestCa[];
  readonly #stack: AsyncDisposableStack;
  /** The process of the clients, once it runs. */
  client: number | undefined;
  #swaps = 0;

  private constructor(parts: Parts, stack: AsyncDisposableStack) {
    this.cluster = parts.cluster;
    this.peers = parts.peers;
    this.proxies = parts.proxies;
    this.tokens = parts.tokens;
    this.identity = join(parts.folder, "identity.json");
    this.#authorities = parts.authorities;
    this.#stack = stack;
  }

  /** Starts it. */
  static async start(random: Random, version: string | undefined): Promise<World> {
    await using stack = new AsyncDisposableStack();
    const folder = await mkdtemp(join(tmpdir(), "etcetra-soak-"));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const tokens = random.pick(["simple", "jwt"]);
    const args = tokens === "jwt" ? stack.use(await jwtArguments(TTL)).args : [`--auth-token-ttl=${TTL}`];
    const authorities = [await TestCa.create(), await TestCa.create()];
    const peers = stack.use(new PeerNetwork());
    const cluster = stack.use(
      await EtcdCluster.start({
        version,
        args,
        tls: "mutual",
        ca: authorities[0],
        rootPassword: PASSWORD,
        advertisePeer: peers.advertise,
      }),
    );
    await peers.attach(cluster);
    const proxies = await Promise.all(cluster.endpoints.map((endpoint) => TcpProxy.start(endpoint)));
    proxies.forEach((proxy) => stack.use(proxy));
    const parts = { cluster, peers, proxies, authorities, folder, tokens };
    const world = new World(parts, stack.move());
    await world.#trustBoth().catch(async (error) => {
      await world[Symbol.asyncDispose]();
      throw error;
    });
    return world;
  }

  /** Connections of clients that are open. */
  get connections(): number {
    return this.proxies.reduce((sum, { links }) => sum + links.length, 0);
  }

  /** Gives servers and clients certificates of the other authority, which is the only one that clients trust then. */
  async swapCertificates(): Promise<void> {
    const ca = this.#authorities[++this.#swaps % this.#authorities.length];
    for (const server of this.cluster.servers) await server.useCertificate(await ca.issue());
    await this.#tellClients(ca);
  }

  /** Ends every fault. */
  async heal(): Promise<void> {
    this.peers.heal();
    for (const proxy of this.proxies) proxy.heal();
    const { servers } = this.cluster;
    await Promise.all(servers.map((server) => server.pid === undefined ? server.restart() : server.resume()));
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }

  /** Makes servers and etcdctl trust both authorities, so that these may take turns; servers read it at a start. */
  async #trustBoth(): Promise<void> {
    const [first] = this.#authorities;
    const both = this.#authorities.map(({ cert }) => cert).join("");
    await Promise.all(this.cluster.servers.map(async (server) => {
      await server.useCertificate(await first.issue(), both);
      await server.restart();
    }));
    await this.#tellClients(first);
  }

  async #tellClients(ca: TestCa): Promise<void> {
    const identity: Identity = { caCerts: [ca.cert], ...await ca.issue({ client: "" }) };
    // A client reads the old file or the new one, nothing between.
    await writeFile(`${this.identity}.new`, JSON.stringify(identity), { mode: 0o600 });
    await rename(`${this.identity}.new`, this.identity);
  }
}

const PASSWORD = `${CANARY}-password`;
