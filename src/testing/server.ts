/**
 * One etcd of its own for a test.
 *
 * @module
 */

import type { EtcdClientOptions } from "../options.ts";
import { writeCertificates } from "./certificate_files.ts";
import { etcdctlEnvironment } from "./etcdctl_environment.ts";
import { http } from "./http.ts";
import { launch } from "./launch.ts";
import { readLog } from "./log.ts";
import { type Member, startMember } from "./member.ts";
import type { EtcdServerOptions } from "./options.ts";
import { dataDirectory } from "./plan.ts";
import { removeData, restoreData } from "./snapshot.ts";
import { clientOptionsOf } from "./setup.ts";
import type { IssuedCertificate, TestCa } from "./tls/test_ca.ts";

/** Makes the server of a member; the constructor is private to keep members out of the public surface. */
export let serverOf: (member: Member) => EtcdServer;

/**
 * A real etcd with temporary data, on free ports of the loopback interface.
 *
 * It does not outlive the process that started it, whether that ends by itself, by Ctrl-C, a crash or
 * `kill -9`, and it does not keep that process from ending. It can be started, killed, and closed in any test:
 * test runners that count resources see none.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using client = new EtcdClient(server.endpoint, server.clientOptions);
 * ```
 */
export class EtcdServer implements AsyncDisposable {
  readonly #member: Member;
  /** Where clients reach it: `"http://127.0.0.1:PORT"`, with TLS `"https://127.0.0.1:PORT"`. */
  readonly endpoint: string;
  /** Where other members reach it, a URL as well. */
  readonly peerEndpoint: string;
  /** Its whole version, such as `"3.7.3"`. */
  readonly version: string;
  /**
   * What a client needs to reach it: authority, certificate, root's password; and the transport that the environment
   * variable ETCETRA_TRANSPORT names, if it does.
   */
  readonly clientOptions: EtcdClientOptions;
  /** The authority behind its certificate, with TLS. */
  readonly ca?: TestCa;
  /** Where its data are, until it is closed; not to be touched while it runs. */
  readonly dataDir: string;
  /** What `etcdctl` needs to reach it, as environment variables. */
  readonly etcdctlEnvironment: Readonly<Record<string, string>>;

  static {
    serverOf = (member) => new EtcdServer(member);
  }

  private constructor(member: Member) {
    const { plan, setup, directory } = member;
    this.#member = member;
    this.endpoint = plan.clientUrl;
    this.peerEndpoint = plan.peerUrl;
    this.version = setup.binary.version;
    this.clientOptions = clientOptionsOf(setup);
    this.ca = setup.tls?.ca;
    this.dataDir = dataDirectory(directory);
    this.etcdctlEnvironment = etcdctlEnvironment(plan.clientUrl, directory, setup);
  }

  /**
   * Starts an etcd. The first time, its binary may have to be fetched or built.
   *
   * @param options Version, TLS, authentication and further flags.
   * @returns The server, once it is healthy.
   * @throws {Error} If there is no binary to be had, or etcd does not start; with what it logged.
   * @throws {RangeError} If the version is neither known nor whole.
   * @throws {TypeError} If the root password is empty.
   * @throws The reason of `options.signal`.
   */
  static async start(options: EtcdServerOptions = {}): Promise<EtcdServer> {
    const [member] = await launch(options, 1);
    return serverOf(member);
  }

  /** Its process id; undefined while it does not run. */
  get pid(): number | undefined {
    return this.#member.keeper.run?.pid;
  }

  /**
   * Kills it with SIGKILL. The data stay, and so does the port, for {@linkcode EtcdServer.restart}. Does nothing if
   * it does not run.
   */
  async kill(): Promise<void> {
    await this.#member.keeper.end("KILL");
  }

  /** Ends it in good order with SIGTERM, paused or not; otherwise as {@linkcode EtcdServer.kill}. */
  async stop(): Promise<void> {
    const { keeper } = this.#member;
    if (keeper.run) await keeper.signal("CONT");
    await keeper.end("TERM");
  }

  /**
   * Stops it in its tracks with SIGSTOP: connections stay open, nothing answers.
   *
   * @throws {Error} If it does not run.
   */
  async pause(): Promise<void> {
    await this.#signal("pause", "STOP");
  }

  /**
   * Lets it go on after {@linkcode EtcdServer.pause}.
   *
   * @throws {Error} If it does not run.
   */
  async resume(): Promise<void> {
    await this.#signal("resume", "CONT");
  }

  /**
   * Kills it if it runs, and starts it with its data and the same flags on the same ports.
   *
   * @returns When it is healthy, which in a cluster takes most of the members: restart these side by side.
   * @throws {Error} If it does not start, with what it logged; or if it was closed.
   */
  async restart(): Promise<void> {
    await this.kill();
    await startMember(this.#member);
  }

  /** Kills it and removes its data, users included: a restart with the same flags then begins anew. */
  async wipe(): Promise<void> {
    await this.kill();
    await removeData(this.#member);
  }

  /**
   * Kills it and replaces its data by those of a snapshot, which a restart then finds. In a cluster, all members
   * have to be restored from the same one.
   *
   * @param snapshot Path of a file that `etcdctl snapshot save` wrote.
   * @throws {Error} If it cannot be restored; the data are gone.
   */
  async restore(snapshot: string): Promise<void> {
    await this.wipe();
    await restoreData(this.#member, snapshot);
  }

  /**
   * Gives it another certificate.
   *
   * @param certificate It shows this one from the next handshake on.
   * @param clientCa PEM text of the authority that clients' certificates have to be of, from the next restart
   * on; by default this stays as it is.
   */
  async useCertificate(certificate: IssuedCertificate, clientCa?: string): Promise<void> {
    await writeCertificates(this.#member.directory, { server: certificate, ca: clientCa });
  }

  /** What it wrote to its log: the last mebibyte, of all its lives. */
  logs(): Promise<string> {
    return readLog(this.#member.directory);
  }

  /** Its metrics, in the text format of Prometheus. */
  async metrics(): Promise<string> {
    const { status, text } = await http(`${this.#member.plan.metricsUrl}/metrics`);
    if (status !== 200) throw new Error(`Cannot read the metrics of ${this.endpoint}: HTTP status ${status}`);
    return text;
  }

  /** Kills it and removes its data. Idempotent. */
  close(): Promise<void> {
    return this.#member.keeper.close();
  }

  /** As {@linkcode EtcdServer.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #signal(action: string, name: string): Promise<void> {
    const { keeper } = this.#member;
    if (!keeper.run) throw new Error(`Cannot ${action} etcd at ${this.endpoint}: it does not run`);
    await keeper.signal(name);
  }
}
