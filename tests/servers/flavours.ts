/**
 * The HTTP/2 servers that an etcd can answer with.
 *
 * @module
 */

import { EtcdClient, type EtcdClientOptions, type EtcdCommunicator } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { freePorts } from "../../src/testing/process/ports.ts";

/** One of etcd's HTTP/2 servers, and how an etcd is made to use it. */
export interface Flavour {
  /** What carries gRPC, and over what. */
  readonly name: string;
  /** Whether it speaks TLS. */
  readonly tls: boolean;
  /** Whether Go's `net/http` reads the requests, rather than grpc-go itself. */
  readonly netHttp: boolean;
  /** Starts an etcd of that kind. */
  start(): Promise<EtcdServer>;
}

/** A client URL of its own for HTTP takes it off the gRPC port, so that grpc-go has that port for itself. */
async function grpcAlone(): Promise<EtcdServer> {
  const [port] = await freePorts(1);
  return await EtcdServer.start({ tls: true, args: [`--listen-client-http-urls=https://127.0.0.1:${port}`] });
}

/** All of them; the last needs an etcd of at least 3.4.25 or 3.5.8, and 3.4 here is 3.4.23. */
export const FLAVOURS: readonly Flavour[] = [
  { name: "grpc-go in plaintext", tls: false, netHttp: false, start: () => EtcdServer.start() },
  { name: "net/http over TLS", tls: true, netHttp: true, start: () => EtcdServer.start({ tls: true }) },
  { name: "grpc-go over TLS", tls: true, netHttp: false, start: grpcAlone },
];

/** An etcd of a flavour with a connected client, closed in order. */
export interface World extends AsyncDisposable {
  readonly server: EtcdServer;
  readonly client: EtcdClient;
  readonly c: EtcdCommunicator;
}

/** Starts an etcd and connects to it. */
export async function open(flavour: Flavour, options: EtcdClientOptions = {}): Promise<World> {
  const server = await flavour.start();
  const client = new EtcdClient(server.endpoint, { ...server.clientOptions, ...options });
  const close = async () => {
    await client.close();
    await server.close();
  };
  try {
    return { server, client, c: await client.connect(), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
