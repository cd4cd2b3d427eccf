/**
 * The client: where etcd is, who we are to it, and the way to a communicator.
 *
 * @module
 */

import { utf8Codec } from "./codec.ts";
import {
  communicator,
  type EtcdCommunicator,
  type LockedCommunicator,
  lockedCommunicator,
} from "./communicator.ts";
import { Connected } from "./connected.ts";
import type { Address, Endpoint } from "./endpoint.ts";
import { checkLock, type LockOptions } from "./lock.ts";
import { checkedEndpoints, resolveOptions } from "./options.ts";
import type { CallOptions, EtcdClientOptions, ResolvedOptions } from "./options.ts";
import { assertPem } from "./transport/net/pem.ts";
import { assertPossibleHere } from "./transport/worker_limits.ts";

/**
 * Holds connection information and opens nothing before it is used. All its communicators share its
 * connections; disposing the last one closes them, and a later `connect()` opens anew.
 *
 * States: open, until `close()`; while it is open, connected for as long as a communicator is.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start(); // an etcd to try this on
 *
 * await using etcd = new EtcdClient(server.endpoint); // for your own: new EtcdClient("127.0.0.1:2379")
 * await using communicator = await etcd.connect();
 * await communicator.put("testkey", "testvalue");
 * console.log(await communicator.get("testkey")); // testvalue
 * ```
 */
export class EtcdClient implements AsyncDisposable {
  readonly #options: ResolvedOptions;
  readonly #communicators = new Set<EtcdCommunicator<unknown>>();
  #addresses: readonly Address[];
  #connected: Connected | undefined;
  #closing: Promise<void> | undefined;

  /**
   * Takes note of where etcd is; nothing is opened.
   *
   * @param endpoints One or several members of one cluster. Default: `"127.0.0.1:2379"`.
   * @param options Credentials, TLS, timeouts and the rest.
   * @throws {TypeError} If an endpoint is no address, credentials are both a token and a password, PEM cannot be
   * parsed, or an option is of the wrong kind; in a worker also for TLS and for `transport: "grpc-js"`.
   * @throws {RangeError} If a number lies outside its range.
   */
  constructor(endpoints: Endpoint | readonly Endpoint[] = "127.0.0.1:2379", options: EtcdClientOptions = {}) {
    this.#options = resolveOptions(endpoints, options);
    this.#addresses = this.#options.addresses;
    assertPossibleHere(this.#addresses, this.#options.transport);
    if (typeof options.tls === "object") assertPem(options.tls);
  }

  /** The endpoints, as `host:port`, with `https://` before it for TLS. */
  get endpoints(): readonly string[] {
    return this.#addresses.map((address) => address.name);
  }

  /**
   * Replaces the endpoints. Calls and watches move over; connections to endpoints that left the list are closed.
   *
   * @param endpoints The members to use from now on.
   * @throws {TypeError} If the list is empty, or one is no address; in a worker also if one is for TLS.
   */
  setEndpoints(endpoints: readonly Endpoint[]): void {
    const addresses = checkedEndpoints(endpoints, this.#options.tls);
    assertPossibleHere(addresses, this.#options.transport);
    this.#addresses = addresses;
    this.#connected?.replace(this.#addresses);
  }

  /**
   * Asks the cluster for its members and uses the client URLs of those that are started and vote: with `tls`,
   * only those for TLS. An answer that names none changes nothing.
   *
   * @param options Signal and timeout.
   * @returns The endpoints that are used from now on.
   * @throws {EtcdError} If the cluster cannot be asked.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws {TypeError} If the client is closed.
   * @throws The signal's reason, if it was aborted.
   */
  async sync(options: CallOptions = {}): Promise<readonly string[]> {
    const { MemberList } = await import("./rpc/cluster_methods.ts");
    const connected = await this.#retain(options);
    try {
      const request = { linearizable: true };
      const { members } = await connected.rpc.unary(MemberList, request, { ...options, idempotent: true });
      const usable = this.#options.tls === undefined ? /^https?:/ : /^https:/;
      const urls = members.filter((m) => m.name !== "" && !m.isLearner).flatMap((m) => m.clientURLs)
        .filter((url) => usable.test(url));
      if (urls.length > 0) this.setEndpoints(urls);
      return this.endpoints;
    } finally {
      await connected.release();
    }
  }

  /**
   * Connects, unless a communicator already has.
   *
   * @param options Signal and timeout; the default timeout here is `connectTimeout`.
   * @returns The one object to work with. It resolves once an endpoint is up and, with credentials,
   * authenticated.
   * @throws {EtcdUnavailableError} If no endpoint comes up; it names each and its failure.
   * @throws {EtcdTimeoutError} If the `timeout` given here passes first.
   * @throws {EtcdError} If the login or the TLS identity is refused.
   * @throws {TypeError} If the client is closed, or the `tls` function gives PEM that cannot be parsed.
   * @throws The signal's reason, if it was aborted.
   */
  async connect(options: CallOptions = {}): Promise<EtcdCommunicator> {
    const connected = await this.#retain(options);
    const opened = communicator(connected, this.#options.keyspace, utf8Codec, () => {
      this.#communicators.delete(opened as EtcdCommunicator<unknown>);
      return connected.release();
    });
    this.#communicators.add(opened as EtcdCommunicator<unknown>);
    return opened;
  }

  /**
   * Connects and acquires a lock; disposing what it returns releases the lock and closes the communicator.
   *
   * @param name The lock's name: contenders for the same name exclude each other.
   * @param options How long to wait, and for how long to hold.
   * @returns A communicator that holds the lock as `held`.
   * @throws {TypeError} If the name is empty, `ttl` comes with `session`, or the client is closed.
   * @throws {RangeError} If a number lies outside its range.
   * @throws {EtcdTimeoutError} If `timeout` passes first.
   * @throws {EtcdError} If etcd cannot be reached or refuses.
   * @throws The signal's reason, if it was aborted.
   */
  withLock(name: string, options?: LockOptions): Promise<LockedCommunicator>;
  /**
   * Runs `body` while holding a lock. The body learns of a loss of the lock by `c.held.signal`.
   *
   * @param name The lock's name: contenders for the same name exclude each other.
   * @param body What to do; the lock is released when it has settled.
   * @param options How long to wait, and for how long to hold.
   * @returns What the body returned.
   * @throws {TypeError} If the name is empty, `ttl` comes with `session`, or the client is closed.
   * @throws {RangeError} If a number lies outside its range.
   * @throws {EtcdTimeoutError} If `timeout` passes first.
   * @throws {EtcdError} If etcd cannot be reached or refuses.
   * @throws The signal's reason, if it was aborted before the lock was acquired.
   * @throws What the body threw.
   */
  withLock<R>(
    name: string,
    body: (c: LockedCommunicator) => R,
    options?: LockOptions,
  ): Promise<Awaited<R>>;
  async withLock<R>(
    name: string,
    bodyOrOptions: ((c: LockedCommunicator) => R) | LockOptions = {},
    options: LockOptions = {},
  ): Promise<LockedCommunicator | Awaited<R>> {
    if (typeof bodyOrOptions !== "function") return await this.#locked(name, bodyOrOptions);
    const locked = await this.#locked(name, options);
    try {
      return await bodyOrOptions(locked);
    } finally {
      await locked.close();
    }
  }

  /** Closes every communicator and every connection, for good. Idempotent. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    await Promise.all([...this.#communicators].map((open) => open.close()));
    await this.#connected?.close();
  }

  async #retain(options: CallOptions): Promise<Connected> {
    this.#assertOpen();
    const connected = this.#connected ??= new Connected(this.#addresses, this.#options, () => {
      if (this.#connected === connected) this.#connected = undefined;
    });
    await connected.retain(options);
    try {
      this.#assertOpen();
    } catch (error) {
      await connected.release();
      throw error;
    }
    return connected;
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw new TypeError("Cannot connect: the client is closed");
  }

  async #locked(name: string, options: LockOptions): Promise<LockedCommunicator> {
    checkLock(name, options);
    const { signal, timeout } = options;
    const started = performance.now();
    const plain = await this.connect({ signal, timeout });
    try {
      const left = timeout && Math.max(1, Math.ceil(timeout - (performance.now() - started)));
      return lockedCommunicator(plain, await plain.lock(name, { ...options, timeout: left }));
    } catch (error) {
      await plain.close();
      throw error;
    }
  }
}
