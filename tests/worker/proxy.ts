/**
 * A TCP proxy before an etcd that counts connections, and cuts them when it is told to.
 *
 * @module
 */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** Forwards connections. */
export class CountingProxy implements AsyncDisposable {
  /** How many were accepted in all. */
  dials = 0;
  readonly #server: Server;
  readonly #open = new Set<Socket>();
  #onIdle: (() => void)[] = [];

  private constructor(host: string, port: number) {
    const noDelay = true;
    const forward = (client: Socket) => this.#forward(client, connect({ host, port, noDelay }));
    this.#server = createServer({ noDelay }, forward);
  }

  /** @param endpoint Where the etcd is, as a URL. */
  static async start(endpoint: string): Promise<CountingProxy> {
    const { hostname, port } = new URL(endpoint);
    const proxy = new CountingProxy(hostname, Number(port));
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  get endpoint(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** How many are open. */
  get open(): number {
    return this.#open.size;
  }

  /** Resolves when none is open. */
  async idle(): Promise<void> {
    if (this.#open.size > 0) await new Promise<void>((resolve) => this.#onIdle.push(resolve));
  }

  /** Ends those that are open; new ones are accepted. */
  cut(): void {
    for (const client of this.#open) client.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.close();
    this.cut();
    await once(this.#server, "close");
  }

  #forward(client: Socket, server: Socket): void {
    this.dials++;
    this.#open.add(client);
    client.pipe(server).pipe(client);
    client.on("error", () => {});
    server.on("error", () => {});
    server.on("close", () => client.destroy());
    client.on("close", () => {
      server.destroy();
      this.#open.delete(client);
      if (this.#open.size === 0) this.#onIdle.splice(0).forEach((resolve) => resolve());
    });
  }
}
