/**
 * The byte stream under a connection, and how one is opened. Everything above reads and writes through
 * {@linkcode Socket}; everything that differs between runtimes is behind {@linkcode Dialer}.
 *
 * @module
 */

/**
 * Certificates and names for a TLS connection, as PEM texts, named as in `Deno.connectTls`.
 *
 * The server's certificate chain and its name are always verified, and there is no option to turn that off.
 *
 * @example
 * ```ts
 * import type { TlsOptions } from "./socket.ts";
 *
 * const tls = async (): Promise<TlsOptions> => ({
 *   caCerts: [await Deno.readTextFile("ca.pem")],
 *   cert: await Deno.readTextFile("client.pem"),
 *   key: await Deno.readTextFile("client-key.pem"),
 * });
 * ```
 */
export interface TlsOptions {
  /**
   * PEM texts of the certificate authorities that are trusted, and no others then; each text may hold several
   * certificates.
   *
   * @default {the certificate authorities that the runtime trusts}
   */
  readonly caCerts?: readonly string[];
  /** PEM text of the client's certificate, followed by its intermediates if any. Needs `key`. */
  readonly cert?: string;
  /** PEM text of the client's unencrypted private key: PKCS#8, PKCS#1 or SEC1. Needs `cert`. */
  readonly key?: string;
  /**
   * The host name or IP address to verify in the server's certificate instead of the endpoint's host.
   *
   * @default {the host that is dialed}
   */
  readonly serverName?: string;
}

/**
 * One byte stream to a server.
 *
 * At most one read and one write are pending at a time.
 */
export interface Socket {
  /**
   * Waits for bytes and fills `into` from its start.
   *
   * @param into The buffer to fill; not empty, and not to be touched until the promise settles.
   * @returns The number of bytes read, at least 1, or null at the end of the stream or after `close()`.
   * @throws What the runtime reported, if the connection failed.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Writes all of `bytes`.
   *
   * @param bytes The bytes to write; not to be changed until the promise settles.
   * @returns A promise that resolves when all of `bytes` was handed over to the runtime, which is before the
   * server has seen them.
   * @throws What the runtime reported, if the connection failed or was closed.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** Closes the stream in both directions and frees it. Idempotent; a pending read ends with null. */
  close(): void;
}

/** What a {@linkcode Dialer} connects to. */
export interface DialTarget {
  /** A host name or an IP address; an IPv6 address without brackets. */
  readonly host: string;
  /** A TCP port, 1 to 65535. */
  readonly port: number;
  /**
   * Given for TLS, whose ALPN must then settle on `h2`; absent for plaintext. An empty object is TLS with
   * defaults.
   */
  readonly tls?: TlsOptions;
}

/**
 * Opens one connection.
 *
 * @param target Where to connect, and whether with TLS.
 * @param signal Abandons the attempt: nothing stays open and the promise rejects with the signal's reason. It
 * has no effect on a socket that was already returned.
 * @returns The open socket, after the TLS handshake if there is one.
 *
 * @throws The signal's reason, if it was aborted.
 *
 * @example A dialer that reaches etcd by another address
 * ```ts
 * import type { Dialer } from "./socket.ts";
 *
 * function through(host: string, port: number, dialer: Dialer): Dialer {
 *   return (target, signal) => dialer({ ...target, host, port }, signal);
 * }
 * ```
 */
export type Dialer = (target: DialTarget, signal: AbortSignal) => Promise<Socket>;
