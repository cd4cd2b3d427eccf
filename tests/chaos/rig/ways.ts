/**
 * Many ways to one server: a client gives a way that was cut a rest, and these tests do not wait for that.
 *
 * @module
 */

import type { EtcdServer } from "../../../src/testing/mod.ts";
import type { TcpProxy } from "./proxy/proxy.ts";
import type { Link } from "./proxy/link.ts";
import type { Trial } from "./trial/trial.ts";

/** Proxies before one server, of which a client uses one after the other. */
export class Ways {
  readonly #proxies: readonly TcpProxy[];

  private constructor(proxies: readonly TcpProxy[]) {
    this.#proxies = proxies;
  }

  /** Opens so many. They end with the trial. */
  static async open(trial: Trial, server: EtcdServer, count: number): Promise<Ways> {
    return new Ways(await Promise.all(Array.from({ length: count }, () => trial.proxy(server))));
  }

  /** Where clients reach the server. */
  get addresses(): readonly string[] {
    return this.#proxies.map(({ address }) => address);
  }

  /** The connections that are open. */
  get links(): readonly Link[] {
    return this.#proxies.flatMap(({ links }) => links);
  }

  /** Cuts every connection. */
  cut(how: "end" | "reset" = "reset"): void {
    for (const link of this.links) link.cut(how);
  }

  /** Lets requests through and keeps the answers back. */
  withhold(): void {
    for (const proxy of this.#proxies) proxy.withhold();
  }

  /** Lets everything through. */
  heal(): void {
    for (const proxy of this.#proxies) proxy.heal();
  }
}
