/**
 * Where an etcd server is.
 *
 * @module
 */

/**
 * A host and a port, as etcetra for Python names them.
 *
 * @example
 * ```ts
 * import { HostPortPair } from "./endpoint.ts";
 * import { assertEquals } from "@std/assert";
 *
 * assertEquals(new HostPortPair("127.0.0.1", 2379).toString(), "127.0.0.1:2379");
 * assertEquals(HostPortPair.parse("[::1]:2379").host, "::1");
 * ```
 */
export class HostPortPair {
  /** A host name or an IP address; IPv6 without brackets. */
  readonly host: string;
  /** A TCP port, 1 to 65535. */
  readonly port: number;

  /**
   * Names a server.
   *
   * @param host A host name or an IP address, IPv6 with or without brackets.
   * @param port A TCP port, 1 to 65535.
   * @throws {TypeError} If the host is none.
   * @throws {RangeError} If the port is none.
   */
  constructor(host: string, port: number) {
    const bare = typeof host === "string" ? host.replace(/^\[(.*:.*)\]$/, "$1") : "";
    if (!isHost(bare)) throw new TypeError(`Cannot use "${shown(host)}" as a host`);
    if (!Number.isInteger(port) || port < 1 || port > 65535) {
      throw new RangeError(`Cannot use ${port} as a port: expected 1 to 65535`);
    }
    this.host = bare;
    this.port = port;
  }

  /**
   * Reads `host:port`; an IPv6 address stands in brackets.
   *
   * @param text For example `"127.0.0.1:2379"` or `"[::1]:2379"`.
   * @returns The pair.
   * @throws {TypeError} If the text is no such pair.
   * @throws {RangeError} If the port is none.
   */
  static parse(text: string): HostPortPair {
    const match = typeof text === "string" ? /^(\[[^\]]+\]|[^:/?#@\s]+):(\d{1,6})$/.exec(text) : null;
    if (match === null) {
      throw new TypeError(`Cannot use "${shown(text)}" as an address: expected "host:port"`);
    }
    return new HostPortPair(match[1], Number(match[2]));
  }

  /** `host:port`, with an IPv6 address in brackets. */
  toString(): string {
    return this.host.includes(":") ? `[${this.host}]:${this.port}` : `${this.host}:${this.port}`;
  }
}

/** `"127.0.0.1:2379"`, `"http://host:port"`, `"https://host:port"`, `"[::1]:2379"` or a pair. */
export type Endpoint = string | HostPortPair;

/** An endpoint that was read: where, and whether with TLS. */
export interface Address {
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
  /** What it is called in events and errors: `host:port`, with `https://` before it for TLS. */
  readonly name: string;
}

/** A refused text for a message: what stands before an `@` may be a password. */
function shown(text: unknown): string {
  return String(text).replace(/^.*@/s, "…@");
}

function isHost(host: string): boolean {
  if (host.includes(":")) return URL.canParse(`http://[${host}]`);
  return /^[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_.])?$/.test(host) && URL.canParse(`http://${host}`);
}

/**
 * Reads an endpoint.
 *
 * @param endpoint Text or a pair; a bare `host:port` takes `tls` as it comes.
 * @param tls Whether the client has TLS options.
 * @throws {TypeError} If it is no address, has a path or credentials, or says `http://` beside TLS options.
 */
export function parseEndpoint(endpoint: Endpoint, tls: boolean): Address {
  const text = String(endpoint);
  const match = /^(?:(https?):\/\/)?(.*?)\/?$/.exec(text);
  const [, scheme, rest] = match ?? ["", undefined, text];
  if (scheme === "http" && tls) {
    throw new TypeError(`Cannot use "${shown(text)}": http:// is plaintext, but TLS options are given`);
  }
  const { host, port } = HostPortPair.parse(rest);
  const secure = scheme === "https" || (scheme === undefined && tls);
  return { host, port, secure, name: `${secure ? "https://" : ""}${new HostPortPair(host, port)}` };
}
