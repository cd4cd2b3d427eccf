/**
 * Why there is no connection, told the same way by every runtime.
 *
 * @module
 */

import type { DialTarget } from "../../socket.ts";
import { authority } from "./host.ts";

/** The kinds of failure, and how each is told. */
const FOUND = {
  /** Nothing listens there. */
  "refused": "connection refused",
  /** The name has no address. */
  "unresolved": "the host name was not resolved",
  /** There is no way to the address, or nothing came back. */
  "unreachable": "the host is unreachable",
  /** The connection ended before it was ready. */
  "lost": "the connection was lost",
  /** The server's certificate is not one of a trusted authority, or not of this time. */
  "certificate": "the server's certificate was not verified",
  /** The server's certificate is for other names. */
  "host-name": "the server's certificate is for other names",
  /** The server refused the client's certificate, or that there is none. */
  "identity": "the server refused the client's certificate, or misses one",
  /** The server did not settle on HTTP/2; there is no fallback. */
  "alpn": "the server did not negotiate h2",
  /** The server does not speak TLS, or not as we do. */
  "tls": "the TLS handshake failed",
  /** The runtime was not allowed to connect there. */
  "denied": "the runtime has no permission",
  /** Something that has no kind of its own. */
  "other": "the connection failed",
} as const;

/** What went wrong. */
export type DialErrorKind = keyof typeof FOUND;

/** A connection could not be opened, or its peer refused it right after. */
export class DialError extends Error {
  override readonly name: string = "DialError";
  /** What went wrong. */
  readonly kind: DialErrorKind;
  /** The host that was dialed. */
  readonly host: string;
  /** Its port. */
  readonly port: number;

  /**
   * Makes an error.
   *
   * @param kind What went wrong.
   * @param target What was dialed.
   * @param cause What the runtime said.
   */
  constructor(kind: DialErrorKind, target: DialTarget, cause?: unknown) {
    const said = cause instanceof Error && cause.message !== "" ? ` (${cause.message.trim()})` : "";
    const at = authority(target.host, target.port);
    super(`Cannot connect to ${at}: ${FOUND[kind]}${said}`, cause === undefined ? undefined : { cause });
    this.kind = kind;
    this.host = target.host;
    this.port = target.port;
  }
}
