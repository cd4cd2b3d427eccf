/**
 * A TCP proxy before an etcd that does to its connections what networks do.
 *
 * @module
 */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { type Cut, FLOW, type Flow } from "./direction.ts";
import { CLEAR, type Conditions, Link } from "./link.ts";

const HOLD: Flow = { mode: "hold", delay: 0 };
const DROP: Flow = { mode: "drop", delay: 0 };

/** How connections are treated: all alike, or each by itself. */
export type Rule = Conditions | ((link: Link) => Conditions);

/** What a proxy is told at its start. */
export interface ProxyOptions {
  /** Tells from the first bytes of a client who it is. */
  readonly identify?: (first: Uint8Array) => string | undefined;
  /** Sees each connection before anything flows. */
  readonly onLink?: (link: Link) => void;
}

/** See the module. It listens on a port of its own for as long as it is not closed. */
export class TcpProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #target: { readonly host: string; readonly port: number };
  readonly #options: ProxyOptions;
  readonly #links = new Set<Link>();
  #rule: (link: Link) => Conditions = () => CLEAR;
  #refusing = false;
  #accepted = 0;

  private constructor(endpoint: string, options: ProxyOptions) {
    const { hostname, port } = new URL(endpoint);
    this.#target = { host: hostname, port: Number(port) };
    this.#options = options;
    this.#server = createServer(
      { allowHalfOpen: true, pauseOnConnect: true },
      (client) => this.#accept(client),
    );
  }

  /** @param endpoint Where the etcd is, as a URL; it need not run yet. */
  static async start(endpoint: string, options: ProxyOptions = {}): Promise<TcpProxy> {
    const proxy = new TcpProxy(endpoint, options);
    proxy.#server.listen(0, "127.0.0.1");
    await once(proxy.#server, "listening");
    return proxy;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Connections so far. */
  get accepted(): number {
    return this.#accepted;
  }

  /** The open connections, oldest first. */
  get links(): readonly Link[] {
    return [...this.#links];
  }

  /** Treats connections, those to come too, by a rule. */
  impose(rule: Rule): void {
    this.#rule = typeof rule === "function" ? rule : () => rule;
    this.reconsider();
  }

  /** Applies the rule anew, where what it says has changed. */
  reconsider(): void {
    for (const link of this.links) link.impose(this.#rule(link));
  }

  /** Swallows everything both ways; connections stay open. */
  blackhole(): void {
    this.impose({ toServer: DROP, toClient: DROP });
  }

  /** Keeps everything back both ways. */
  pause(): void {
    this.impose({ toServer: HOLD, toClient: HOLD });
  }

  /** Keeps requests back and lets answers through. */
  holdRequests(): void {
    this.impose({ toServer: HOLD, toClient: FLOW });
  }

  /** Lets requests through and keeps the answers back. */
  withhold(): void {
    this.impose({ toServer: FLOW, toClient: HOLD });
  }

  /** Makes both ways late by so many milliseconds each. */
  delay(milliseconds: number): void {
    const flow: Flow = { mode: "flow", delay: milliseconds };
    this.impose({ toServer: flow, toClient: flow });
  }

  /** Resets new connections, or takes them again. */
  refuse(refusing: boolean): void {
    this.#refusing = refusing;
  }

  /** Undoes everything; connections that lost bytes are reset. */
  heal(): void {
    this.#refusing = false;
    this.impose(CLEAR);
  }

  /** Cuts all connections. */
  cut(how: Cut = "reset"): void {
    for (const link of this.links) link.cut(how);
  }

  /** Resets all connections and listens no more. Idempotent. */
  async close(): Promise<void> {
    const closed = Promise.all(this.links.map((link) => link.closed));
    const ended = this.#server.listening ? once(this.#server, "close") : Promise.resolve();
    this.#server.close();
    this.cut();
    await Promise.all([closed, ended]);
  }

  /** As {@linkcode TcpProxy.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #accept(client: Socket): void {
    this.#accepted++;
    if (this.#refusing) {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const server = connect({ ...this.#target, allowHalfOpen: true, noDelay: true });
    client.setNoDelay(true);
    const link = new Link(client, server);
    this.#links.add(link);
    link.closed.then(() => this.#links.delete(link));
    this.#options.onLink?.(link);
    client.on("data", (bytes: Uint8Array) => {
      this.#identify(link, bytes);
      link.toServer.take(bytes);
    });
    server.on("data", (bytes: Uint8Array) => link.toClient.take(bytes));
    link.impose(this.#rule(link));
  }

  #identify(link: Link, bytes: Uint8Array): void {
    if (link.label !== undefined || this.#options.identify === undefined) return;
    link.label = this.#options.identify(bytes);
    if (link.label !== undefined) link.impose(this.#rule(link));
  }
}
