/**
 * The contract of the public surface: the client and its options. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

import type { Channel, ClientMiddleware } from "nice-grpc";
// Nothing but the class itself stands for a class with private parts.
import type { EtcdCommunicator, EtcdError, LockedCommunicator } from "../../mod.ts";
import type { CallOptions, Key } from "./common.ts";
import type { LockOptions } from "./leases.ts";

export declare class HostPortPair {
  constructor(host: string, port: number);
  static parse(text: string): HostPortPair;
  readonly host: string;
  readonly port: number;
  toString(): string;
}
/** `"127.0.0.1:2379"`, `"http://host:port"`, `"https://host:port"`, `"[::1]:2379"` or a pair. */
export type Endpoint = string | HostPortPair;

/** PEM texts, named as in `Deno.connectTls`. */
export interface TlsOptions {
  readonly caCerts?: readonly string[];
  readonly cert?: string;
  readonly key?: string;
  /** The name to verify instead of the endpoint's host. */
  readonly serverName?: string;
}

/** One byte stream to a server. */
export interface Socket {
  /** Fills `into` from its start; the number of bytes read, or null at the end. */
  read(into: Uint8Array): Promise<number | null>;
  /** Resolves when all of `bytes` was handed over. */
  write(bytes: Uint8Array): Promise<void>;
  /** Idempotent; a pending read ends. */
  close(): void;
}
export interface DialTarget {
  readonly host: string;
  readonly port: number;
  readonly tls?: TlsOptions;
}
export type Dialer = (target: DialTarget, signal: AbortSignal) => Promise<Socket>;
/** For edge-style workers: `workerdDialer(connect)` with `connect` from `cloudflare:sockets`. */
export declare function workerdDialer(
  connect: (address: { hostname: string; port: number }, options?: object) => object,
): Dialer;

export interface EtcdClientOptions {
  readonly credentials?: { readonly username: string; readonly password: string } | {
    readonly token: string;
  };
  /** A function is asked again on every dial. */
  readonly tls?: TlsOptions | (() => TlsOptions | Promise<TlsOptions>);
  readonly namespace?: Key;
  /** Milliseconds for a unary call or a page of `entries`; default 10,000. */
  readonly timeout?: number;
  /** Milliseconds for TCP, TLS and the first SETTINGS; default 5,000. */
  readonly connectTimeout?: number;
  /** Milliseconds; defaults 10,000 and 5,000. */
  readonly keepAlive?: { readonly time?: number; readonly timeout?: number } | false;
  readonly retry?:
    | { readonly maxAttempts?: number; readonly minTimeout?: number; readonly maxTimeout?: number }
    | false;
  /** For streams, writes and linearizable reads; default true. */
  readonly requireLeader?: boolean;
  /** Bytes of one message; defaults 2 MiB sent, no limit received. */
  readonly maxSendBytes?: number;
  readonly maxReceiveBytes?: number;
  readonly transport?: "native" | "grpc-js" | Channel;
  readonly dialer?: Dialer;
  readonly middleware?: readonly ClientMiddleware[];
  readonly onEvent?: (event: ClientEvent) => void;
}

export type ClientEvent =
  | { readonly type: "connected"; readonly endpoint: string }
  | { readonly type: "disconnected"; readonly endpoint: string; readonly error?: EtcdError }
  | { readonly type: "retry"; readonly method: string; readonly attempt: number; readonly error: EtcdError }
  | { readonly type: "reauthenticated" }
  | { readonly type: "watchResumed"; readonly revision: bigint }
  | { readonly type: "leaseLost"; readonly lease: bigint };

export declare class EtcdClient implements AsyncDisposable {
  constructor(endpoints?: Endpoint | readonly Endpoint[], options?: EtcdClientOptions);
  readonly endpoints: readonly string[];
  setEndpoints(endpoints: readonly Endpoint[]): void;
  /** Endpoints become the client URLs of the cluster's started voting members. */
  sync(options?: CallOptions): Promise<readonly string[]>;
  connect(options?: CallOptions): Promise<EtcdCommunicator>;
  withLock(name: string, options?: LockOptions): Promise<LockedCommunicator>;
  withLock<R>(name: string, body: (c: LockedCommunicator) => R, options?: LockOptions): Promise<Awaited<R>>;
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}
