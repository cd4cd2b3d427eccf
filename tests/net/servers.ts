/**
 * Servers on the loopback interface that do what a test says, and know their connections.
 * @module
 */

import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer as createTlsServer, type TlsOptions } from "node:tls";

/** A server and what it saw. */
export interface LoopbackServer extends AsyncDisposable {
  readonly port: number;
  /** Connections that were accepted, in their order. */
  readonly accepted: readonly Socket[];
  /** Resolves when every accepted connection has ended. */
  idle(): Promise<void>;
}

/** What is done with each connection. */
export type OnConnection = (socket: Socket) => void;

/** Starts a server for plaintext. */
export function tcpServer(onConnection: OnConnection, host = "127.0.0.1"): Promise<LoopbackServer> {
  return listening(createTcpServer({ allowHalfOpen: true }, onConnection), host);
}

/** Starts a server for TLS that negotiates h2, unless told otherwise. */
export function tlsServer(
  options: TlsOptions,
  onConnection: OnConnection = echo,
  host = "127.0.0.1",
): Promise<LoopbackServer> {
  return listening(createTlsServer({ ALPNProtocols: ["h2"], ...options }, onConnection), host);
}

/** Sends back what arrives, and ends when the client does. */
export function echo(socket: Socket): void {
  socket.on("data", (bytes) => socket.write(bytes)).on("end", () => socket.end());
}

/** Reads and drops what arrives, and ends when the client does. */
export function discard(socket: Socket): void {
  socket.on("end", () => socket.end()).resume();
}

/** A port on which nothing listens. */
export async function unusedPort(): Promise<number> {
  await using server = await tcpServer(() => {});
  return server.port;
}

async function listening(server: Server, host: string): Promise<LoopbackServer> {
  const accepted: Socket[] = [];
  const ended: Promise<unknown>[] = [];
  server.on("connection", (socket: Socket) => {
    accepted.push(socket);
    socket.on("error", () => {});
    ended.push(new Promise((resolve) => socket.once("close", resolve)));
  });
  server.on("secureConnection", (socket: Socket) => socket.on("error", () => {}));
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("Cannot listen: no port");
  return {
    port: address.port,
    accepted,
    idle: async () => void await Promise.all(ended),
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of accepted) socket.destroy();
      await closed;
    },
  };
}
