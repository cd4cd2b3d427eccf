/**
 * What a client and a call can be told, with defaults, and the check of it.
 *
 * @module
 */

// As a namespace: `deno doc` takes the types of a named import for private ones.
import type * as niceGrpc from "nice-grpc";
import { checkedCredentials, type Credentials } from "./credentials.ts";
import { type Address, type Endpoint, parseEndpoint } from "./endpoint.ts";
import type { EtcdError } from "./errors.ts";
import { type Key, keyBytes, Keyspace } from "./keys.ts";
import { jsonable } from "./plain.ts";
import type { Dialer, TlsOptions } from "./socket.ts";

export type { Credentials } from "./credentials.ts";

/** A gRPC channel, as `createChannel` of nice-grpc makes it. */
export type Channel = niceGrpc.Channel;

/** A function of nice-grpc that stands between a call and the channel. */
export type ClientMiddleware = niceGrpc.ClientMiddleware;

/** What every call takes. */
export interface CallOptions {
  /** Ends the call; it rejects with the signal's reason. A write already on its way may then have happened. */
  readonly signal?: AbortSignal;
  /**
   * Milliseconds; 0 for none.
   *
   * @default {the client's `timeout`}
   */
  readonly timeout?: number;
}

/** When an idle connection is asked whether it is still there. */
export interface KeepAliveOptions {
  /**
   * Milliseconds without anything received after which the server is asked; at least 6,000.
   *
   * @default {10_000}
   */
  readonly time?: number;
  /**
   * Milliseconds to wait for its answer; at least 1.
   *
   * @default {4_000}
   */
  readonly timeout?: number;
}

/** How often and how fast a call is repeated that may be. */
export interface RetryOptions {
  /**
   * Tries in all, the first included.
   *
   * @default {10}
   */
  readonly maxAttempts?: number;
  /**
   * Milliseconds before the first repetition; doubled with each, jittered.
   *
   * @default {25}
   */
  readonly minTimeout?: number;
  /**
   * Milliseconds between repetitions at most.
   *
   * @default {1_000}
   */
  readonly maxTimeout?: number;
}

/** What an {@linkcode EtcdClient} can be told. */
export interface EtcdClientOptions {
  /** Name and password, or a token that never changes. */
  readonly credentials?: Credentials;
  /** Makes bare `host:port` endpoints TLS. A function is asked again on every dial. */
  readonly tls?: TlsOptions | (() => TlsOptions | Promise<TlsOptions>);
  /** A prefix for every key; nothing outside of it is seen. */
  readonly namespace?: Key;
  /**
   * Milliseconds for a unary call or a page of `entries`; 0 for none.
   *
   * @default {10_000}
   */
  readonly timeout?: number;
  /**
   * Milliseconds for TCP, TLS and the first SETTINGS; 0 for no limit.
   *
   * @default {5_000}
   */
  readonly connectTimeout?: number;
  /** How a silent connection is noticed; false for not at all. */
  readonly keepAlive?: KeepAliveOptions | false;
  /** How calls are repeated that may be; false for never. */
  readonly retry?: RetryOptions | false;
  /**
   * For streams, writes and linearizable reads: refuse at once when the member has no leader.
   *
   * @default {true}
   */
  readonly requireLeader?: boolean;
  /**
   * Bytes of one message to the server.
   *
   * @default {2_097_152}
   */
  readonly maxSendBytes?: number;
  /**
   * Bytes of one message from the server; a channel of your own has a limit of its own instead.
   *
   * @default {no limit}
   */
  readonly maxReceiveBytes?: number;
  /**
   * What carries the calls: our own HTTP/2, nice-grpc's stock channel, or a channel of your own, which then
   * ignores endpoints, `tls` and `keepAlive`.
   *
   * @default {"native"}
   */
  readonly transport?: "native" | "grpc-js" | Channel;
  /** Opens connections in place of the runtime's own sockets. */
  readonly dialer?: Dialer;
  /** nice-grpc middleware; sees every call. The first is outermost. */
  readonly middleware?: readonly ClientMiddleware[];
  /** Told what happens to the client; what it throws is dropped. */
  readonly onEvent?: (event: ClientEvent) => void;
}

/** Something that happened to a client, for logs and metrics. */
export type ClientEvent =
  | { readonly type: "connected"; readonly endpoint: string }
  | { readonly type: "disconnected"; readonly endpoint: string; readonly error?: EtcdError }
  | { readonly type: "retry"; readonly method: string; readonly attempt: number; readonly error: EtcdError }
  | { readonly type: "reauthenticated" }
  | { readonly type: "watchResumed"; readonly revision: bigint }
  | { readonly type: "leaseLost"; readonly lease: bigint };

/** Options with every default filled in and every value checked. */
export interface ResolvedOptions {
  readonly addresses: readonly Address[];
  readonly credentials: Credentials | undefined;
  readonly tls: EtcdClientOptions["tls"];
  readonly keyspace: Keyspace;
  readonly timeout: number;
  readonly connectTimeout: number;
  readonly keepAlive: Required<KeepAliveOptions> | undefined;
  readonly retry: Required<RetryOptions>;
  readonly requireLeader: boolean;
  readonly maxSendBytes: number;
  readonly maxReceiveBytes: number;
  readonly transport: "native" | "grpc-js" | Channel;
  readonly dialer: Dialer | undefined;
  readonly middleware: readonly ClientMiddleware[];
  readonly emit: (event: ClientEvent) => void;
}

/** The longest delay a timer can have; a longer timeout counts as none. */
export const MAX_TIMER = 2 ** 31 - 1;

/**
 * Checks a number of milliseconds.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is negative, not finite or not a number.
 */
export function milliseconds(value: number, name: string): number {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name}: expected milliseconds, got ${typeof value}`);
  }
  if (!Number.isFinite(value) || value < 0) {
    throw new RangeError(`Cannot use ${name} ${value}: expected milliseconds, 0 or more`);
  }
  return Math.min(value, MAX_TIMER);
}

/**
 * Checks a count.
 *
 * @throws {TypeError} If it is not a number.
 * @throws {RangeError} If it is not a whole number of at least `least`.
 */
export function wholeNumber(value: number, name: string, least: number): number {
  if (typeof value !== "number") {
    throw new TypeError(`Cannot use ${name}: expected a number, got ${typeof value}`);
  }
  if (!Number.isSafeInteger(value) || value < least) {
    throw new RangeError(`Cannot use ${name} ${value}: expected a whole number of at least ${least}`);
  }
  return value;
}

const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;

/**
 * Checks a revision, a lease id or another 64-bit number.
 *
 * @throws {TypeError} If it is not a bigint.
 * @throws {RangeError} If it lies below `least` or does not fit 64 bits with a sign.
 */
export function int64(value: bigint, name: string, least: bigint = INT64_MIN): bigint {
  if (typeof value !== "bigint") {
    throw new TypeError(`Cannot use ${name}: expected a bigint, got ${typeof value}`);
  }
  if (value < least || value > INT64_MAX) {
    throw new RangeError(`Cannot use ${name} ${value}: expected ${least} to ${INT64_MAX}`);
  }
  return value;
}

/**
 * Checks a yes or no; undefined is no.
 *
 * @throws {TypeError} If it is anything else.
 */
export function flag(value: boolean | undefined, name: string): boolean {
  if (value !== undefined && typeof value !== "boolean") {
    throw new TypeError(`Cannot use ${name}: expected a boolean, got ${typeof value}`);
  }
  return value ?? false;
}

/**
 * Checks a time to live.
 *
 * @throws {RangeError} If it is not a whole number of seconds of at least 1.
 */
export function ttlSeconds(value: number, name = "ttl"): number {
  return wholeNumber(value, `${name} (seconds)`, 1);
}

/** Checks an option that is called. */
function callable<T>(value: T, name: string): T {
  if (value === undefined || typeof value === "function") return value;
  throw new TypeError(`Cannot use ${name}: expected a function, got ${typeof value}`);
}

function checkedMiddleware(middleware: readonly ClientMiddleware[]): readonly ClientMiddleware[] {
  if (!Array.isArray(middleware)) throw new TypeError("Cannot use middleware: expected a list of functions");
  return middleware.map((one: ClientMiddleware) => {
    if (typeof one === "function") return one;
    throw new TypeError("Cannot use middleware: expected a list of functions");
  });
}

function checkedTls(tls: EtcdClientOptions["tls"]): EtcdClientOptions["tls"] {
  if (tls === undefined || typeof tls === "function" || (typeof tls === "object" && tls !== null)) return tls;
  throw new TypeError(`Cannot use tls: expected options or a function, got ${typeof tls}`);
}

function checkedTransport(transport: "native" | "grpc-js" | Channel): "native" | "grpc-js" | Channel {
  if (transport === "native" || transport === "grpc-js") return transport;
  if (typeof transport === "object" && transport !== null && "createCall" in transport) return transport;
  throw new TypeError('Cannot use transport: expected "native", "grpc-js" or a channel');
}

function checkedRetry(retry: RetryOptions | false): Required<RetryOptions> {
  if (retry === false) return { maxAttempts: 1, minTimeout: 0, maxTimeout: 0 };
  const minTimeout = milliseconds(retry.minTimeout ?? 25, "retry.minTimeout");
  const maxTimeout = milliseconds(retry.maxTimeout ?? Math.max(1_000, minTimeout), "retry.maxTimeout");
  if (maxTimeout < minTimeout) {
    throw new RangeError("Cannot use retry: its maxTimeout lies below its minTimeout");
  }
  return {
    maxAttempts: wholeNumber(retry.maxAttempts ?? 10, "retry.maxAttempts", 1),
    minTimeout,
    maxTimeout,
  };
}

/** etcd closes connections that ping more often than every 5 s; one second stays for the network. */
const MIN_KEEP_ALIVE = 6_000;

function checkedKeepAlive(keepAlive: KeepAliveOptions | false): Required<KeepAliveOptions> | undefined {
  if (keepAlive === false) return undefined;
  const time = milliseconds(keepAlive.time ?? 10_000, "keepAlive.time");
  if (time < MIN_KEEP_ALIVE) {
    throw new RangeError(
      `Cannot use keepAlive.time ${time}: etcd closes connections that ask within 6,000 ms`,
    );
  }
  const timeout = milliseconds(keepAlive.timeout ?? 4_000, "keepAlive.timeout");
  if (timeout < 1) throw new RangeError(`Cannot use keepAlive.timeout ${timeout}: expected at least 1 ms`);
  return { time, timeout };
}

/**
 * Reads endpoints.
 *
 * @throws {TypeError} If there is none, or one is no address.
 */
export function checkedEndpoints(
  endpoints: Endpoint | readonly Endpoint[],
  tls: EtcdClientOptions["tls"],
): readonly Address[] {
  const list: readonly Endpoint[] = Array.isArray(endpoints) ? endpoints : [endpoints as Endpoint];
  if (list.length === 0) throw new TypeError("Cannot use the endpoints: the list is empty");
  const byName = new Map(list.map((endpoint) => {
    const address = parseEndpoint(endpoint, tls !== undefined);
    return [address.name, address];
  }));
  return [...byName.values()];
}

/** An observer's mistake is its own. */
function guarded(onEvent: EtcdClientOptions["onEvent"]): (event: ClientEvent) => void {
  if (onEvent === undefined) return () => {};
  return (event) => {
    try {
      const returned: unknown = onEvent(jsonable(event));
      if (returned instanceof Promise) returned.catch(() => {});
    } catch {
      // See above.
    }
  };
}

/**
 * Fills in defaults and checks every value.
 *
 * @throws {TypeError} If a value is of the wrong kind.
 * @throws {RangeError} If a number lies outside its range.
 */
export function resolveOptions(
  endpoints: Endpoint | readonly Endpoint[],
  options: EtcdClientOptions,
): ResolvedOptions {
  return {
    addresses: checkedEndpoints(endpoints, options.tls),
    credentials: options.credentials === undefined ? undefined : checkedCredentials(options.credentials),
    tls: checkedTls(options.tls),
    keyspace: options.namespace === undefined
      ? Keyspace.root
      : Keyspace.root.below(keyBytes(options.namespace, "namespace")),
    timeout: milliseconds(options.timeout ?? 10_000, "timeout"),
    connectTimeout: milliseconds(options.connectTimeout ?? 5_000, "connectTimeout"),
    keepAlive: checkedKeepAlive(options.keepAlive ?? {}),
    retry: checkedRetry(options.retry ?? {}),
    requireLeader: flag(options.requireLeader ?? true, "requireLeader"),
    maxSendBytes: wholeNumber(options.maxSendBytes ?? 2 * 1024 * 1024, "maxSendBytes", 1),
    maxReceiveBytes: options.maxReceiveBytes === undefined
      ? Infinity
      : wholeNumber(options.maxReceiveBytes, "maxReceiveBytes", 1),
    transport: checkedTransport(options.transport ?? "native"),
    dialer: callable(options.dialer, "dialer"),
    middleware: checkedMiddleware(options.middleware ?? []),
    emit: guarded(callable(options.onEvent, "onEvent")),
  };
}
