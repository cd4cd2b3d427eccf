/**
 * An HTTP/2 proxy that sends its clients away as servers do that shut down: with a GOAWAY that allows everything, then
 * with one that names the last stream that it has taken. What comes after that stream never reaches the etcd behind.
 *
 * With TLS it is an end of the connection itself.
 *
 * @module
 */

import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";
import { connect as connectTls, createServer as createTlsServer } from "node:tls";
import type { EtcdServer } from "../../../../src/testing/mod.ts";
import { FrameSplitter, goAway, HEADERS } from "./frames.ts";

/** Bytes of the client's connection preface (RFC 9113 section 3.4). */
const PREFACE = 24;
const EVERY_STREAM = 2 ** 31 - 1;

/** See the module. */
export class DrainingProxy implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #drain: { readonly after: number; readonly done: () => void } | undefined;

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Starts one before a server; with TLS, the certificate is of the server's own authority. */
  static async start(target: EtcdServer): Promise<DrainingProxy> {
    const { hostname, port } = new URL(target.endpoint);
    const address = { host: hostname, port: Number(port) };
    const identity = await target.ca?.issue();
    const server = identity === undefined
      ? createServer()
      : createTlsServer({ cert: identity.cert, key: identity.key, ALPNProtocols: ["h2"] });
    const proxy = new DrainingProxy(server);
    const dial = () =>
      identity === undefined
        ? connect(address)
        : connectTls({ ...address, ca: target.ca!.cert, ALPNProtocols: ["h2"] });
    server.on(identity === undefined ? "connection" : "secureConnection", (client: Socket) => {
      proxy.#accept(client, dial());
    });
    server.on("tlsClientError", () => {});
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    return proxy;
  }

  /** `127.0.0.1:PORT`. */
  get address(): string {
    return `127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Open connections of clients. */
  get connections(): number {
    return this.#sockets.size / 2;
  }

  /**
   * Sends the client away that next makes calls.
   *
   * @param after How many more calls of it are still taken.
   * @returns When it was sent away.
   */
  drain(after: number): Promise<void> {
    return new Promise((done) => this.#drain = { after, done });
  }

  /** Ends it, and all connections. */
  async [Symbol.asyncDispose](): Promise<void> {
    const closed = once(this.#server, "close");
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(client: Socket, server: Socket): void {
    for (const socket of [client, server]) {
      this.#sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        this.#sockets.delete(socket);
        client.destroy();
        server.destroy();
      });
    }
    const link = new DrainingLink(client, server);
    client.on("data", (bytes: Uint8Array) => {
      if (link.take(bytes, this.#drain?.after)) {
        this.#drain?.done();
        this.#drain = undefined;
      }
    });
    server.on("data", (bytes: Uint8Array) => link.answer(bytes));
  }
}

/** One connection. It is open, then drained from the first call on that it does not take. */
class DrainingLink {
  readonly #client: Socket;
  readonly #server: Socket;
  readonly #requests = new FrameSplitter(PREFACE);
  readonly #answers = new FrameSplitter(0);
  #taken: number | undefined;
  #last = EVERY_STREAM;
  #newest = 0;

  constructor(client: Socket, server: Socket) {
    this.#client = client;
    this.#server = server;
  }

  /**
   * Hands requests on.
   *
   * @param after How many calls are taken before the client is sent away; undefined for all.
   * @returns Whether it was sent away just now.
   */
  take(bytes: Uint8Array, after: number | undefined): boolean {
    let drained = false;
    for (const frame of this.#requests.push(bytes)) {
      const begins = frame.type === HEADERS && frame.streamId > this.#newest;
      if (begins && after !== undefined && this.#last === EVERY_STREAM) {
        if (this.#taken === undefined) this.#client.write(goAway(EVERY_STREAM));
        this.#taken ??= 0;
        if (this.#taken++ === after) {
          this.#last = this.#newest;
          drained = true;
          this.#client.write(goAway(this.#last));
        }
      }
      if (begins) this.#newest = frame.streamId;
      if (frame.streamId <= this.#last) this.#server.write(frame.bytes);
    }
    return drained;
  }

  /** Hands answers on, whole frames at a time, so that a GOAWAY can come between any two. */
  answer(bytes: Uint8Array): void {
    for (const frame of this.#answers.push(bytes)) this.#client.write(frame.bytes);
  }
}
