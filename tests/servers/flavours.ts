/**
 * The HTTP/2 servers that a client may find an etcd behind.
 *
 * @module
 */

import { EtcdClient, type EtcdClientOptions, type EtcdCommunicator } from "../../mod.ts";
import { EtcdServer } from "../../src/testing/mod.ts";
import { freePorts } from "../../src/testing/process/ports.ts";
import { Nginx } from "./nginx.ts";
import { findNginx, type Program } from "./nginx_program.ts";

/** An etcd and what answers for it. */
export interface Site extends AsyncDisposable {
  readonly server: EtcdServer;
  /** Where clients reach it. */
  readonly endpoint: string;
}

/** A way to reach an etcd. */
export interface Flavour {
  /** What carries gRPC, and over what. */
  readonly name: string;
  /** Whether it speaks TLS. */
  readonly tls: boolean;
  /** Whether Go's `net/http` reads the requests, rather than grpc-go itself. */
  readonly netHttp: boolean;
  /** Starts an etcd of that kind. */
  start(): Promise<Site>;
}

/** An nginx that can be run, or why there is none. */
export const nginxProgram: Program | string = await findNginx();

/** A client URL of its own for HTTP takes it off the gRPC port, so that grpc-go has that port for itself. */
async function grpcAlone(): Promise<Site> {
  const [port] = await freePorts(1);
  return alone(
    await EtcdServer.start({ tls: true, args: [`--listen-client-http-urls=https://127.0.0.1:${port}`] }),
  );
}

function alone(server: EtcdServer): Site {
  return { server, endpoint: server.endpoint, [Symbol.asyncDispose]: () => server.close() };
}

/**
 * Starts an etcd with an nginx before it.
 *
 * @param settings Directives of nginx's `server` block.
 */
export async function siteBehindNginx(
  program: Program,
  tls: boolean,
  settings: readonly string[] = [],
): Promise<Site & { readonly nginx: Nginx }> {
  const server = await EtcdServer.start({ tls });
  try {
    const nginx = await Nginx.start(program, server, settings);
    const close = async () => {
      await nginx.close();
      await server.close();
    };
    return { server, nginx, endpoint: nginx.endpoint, [Symbol.asyncDispose]: close };
  } catch (error) {
    await server.close();
    throw error;
  }
}

/** nginx's own limit of a body is 1 MiB. */
const ANY_SIZE = ["client_max_body_size 0;"];

function nginxFlavours(program: Program): Flavour[] {
  return [false, true].map((tls) => ({
    name: `nginx ${tls ? "over TLS" : "in plaintext"}`,
    tls,
    netHttp: false,
    start: () => siteBehindNginx(program, tls, ANY_SIZE),
  }));
}

/** What an etcd has by itself; grpc-go over TLS needs an etcd of at least 3.4.25 or 3.5.8, and 3.4 here is 3.4.23. */
export const OWN_FLAVOURS: readonly Flavour[] = [
  {
    name: "grpc-go in plaintext",
    tls: false,
    netHttp: false,
    start: async () => alone(await EtcdServer.start()),
  },
  {
    name: "net/http over TLS",
    tls: true,
    netHttp: true,
    start: async () => alone(await EtcdServer.start({ tls: true })),
  },
  { name: "grpc-go over TLS", tls: true, netHttp: false, start: grpcAlone },
];

/** All of them. */
export const FLAVOURS: readonly Flavour[] = [
  ...OWN_FLAVOURS,
  ...typeof nginxProgram === "string" ? [] : nginxFlavours(nginxProgram),
];

/** An etcd of a flavour with a connected client, closed in order. */
export interface World extends AsyncDisposable {
  readonly server: EtcdServer;
  readonly client: EtcdClient;
  readonly c: EtcdCommunicator;
}

/** Starts an etcd and connects to it. */
export async function open(flavour: Flavour, options: EtcdClientOptions = {}): Promise<World> {
  return await connected(await flavour.start(), options);
}

/** Connects to an etcd that is closed with the client, or when there is no connection. */
export async function connected<S extends Site>(
  site: S,
  options: EtcdClientOptions = {},
): Promise<S & World> {
  const { server, endpoint } = site;
  // A loaded machine may take its time; what is to be on time says so itself.
  const client = new EtcdClient(endpoint, { ...server.clientOptions, timeout: 60_000, ...options });
  const close = async () => {
    await client.close();
    await site[Symbol.asyncDispose]();
  };
  try {
    return { ...site, client, c: await client.connect(), [Symbol.asyncDispose]: close };
  } catch (error) {
    await close();
    throw error;
  }
}
