/**
 * Connections by `node:net` and `node:tls`, for Node and Bun, and for what Deno's own sockets cannot do.
 *
 * @module
 */

import { connect as connectTcp, type OnReadOpts, type Socket as NetSocket } from "node:net";
import {
  checkServerIdentity,
  connect as connectTls,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { DialTarget, Socket, TlsOptions } from "../../socket.ts";
import { DialError } from "./dial_error.ts";
import { failureKind } from "./failure_kind.ts";
import { isIpAddress } from "./host.ts";
import { NodeSocket, type Traits } from "./node_socket.ts";
import { runtime } from "./runtime.ts";
import { tlsContext } from "./tls_context.ts";

const TCP: Traits = { writesAtOnce: true, pauses: true };
/** Deno loses the peer's end when it comes while a TLS socket is paused, and the read would wait for ever. */
const TLS: Traits = { writesAtOnce: false, pauses: runtime() !== "deno" };

/** Opens connections by `node:net` and `node:tls`. */
export async function nodeDialer(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  return target.tls === undefined ? await dialTcp(target, signal) : await dialTls(target, target.tls, signal);
}

/** The peer's end of sending is told to the reader alone; what is closed, and when, is for us to say. */
function common(target: DialTarget, onread: OnReadOpts): {
  host: string;
  port: number;
  noDelay: true;
  allowHalfOpen: true;
  onread: OnReadOpts;
} {
  return { host: target.host, port: target.port, noDelay: true, allowHalfOpen: true, onread };
}

async function dialTcp(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  const socket = new NodeSocket(TCP, (onread) => connectTcp(common(target, onread)), (error) => error);
  await opened(target, socket, "connect", signal);
  return socket;
}

async function dialTls(target: DialTarget, tls: TlsOptions, signal: AbortSignal): Promise<Socket> {
  const context = tlsContext(tls);
  const socket = new NodeSocket(TLS, (onread) => secured(target, tls, context, onread), (error) => {
    const kind = failureKind(error);
    return kind === "identity" ? new DialError(kind, target, error) : error;
  });
  await opened(target, socket, "secureConnect", signal);
  if ((socket.raw as TLSSocket).alpnProtocol !== "h2") {
    socket.close();
    throw new DialError("alpn", target);
  }
  return socket;
}

function secured(target: DialTarget, tls: TlsOptions, context: SecureContext, onread: OnReadOpts): TLSSocket {
  return connectTls({ ...common(target, onread), ...verifying(target, tls, context) });
}

/**
 * Secures a connection that somebody else opened.
 *
 * @throws What the runtime said, if the handshake failed.
 */
export function secureOver(
  socket: NetSocket,
  target: DialTarget,
  tls: TlsOptions,
): Promise<{ readonly socket: TLSSocket; readonly secure: true }> {
  return new Promise((resolve, reject) => {
    const options = { socket, ...verifying(target, tls, tlsContext(tls)) };
    const secured = connectTls(options, () => {
      // Deno's node:http2 makes a URL of it, and there is none of an empty name.
      if (options.servername === "") Object.defineProperty(secured, "servername", { value: target.host });
      resolve({ socket: secured, secure: true });
    });
    secured.on("error", reject);
  });
}

/** What makes a handshake settle on HTTP/2, with a server whose chain and name are verified. */
function verifying(target: DialTarget, tls: TlsOptions, secureContext: SecureContext): ConnectionOptions {
  const name = tls.serverName ?? target.host;
  return {
    secureContext,
    ALPNProtocols: ["h2"],
    servername: isIpAddress(name) ? "" : name,
    // Said aloud, since an environment variable may say otherwise.
    rejectUnauthorized: true,
    checkServerIdentity: (_host, certificate) => verifyName(name, certificate),
  };
}

/** Only the alternative names count, as RFC 9525 has it; the runtimes would make do with a common name. */
function verifyName(name: string, { subjectaltname }: PeerCertificate): Error | undefined {
  return checkServerIdentity(name, { subjectaltname, subject: {} } as PeerCertificate);
}

/**
 * Waits until a socket is ready; closes it where that fails.
 *
 * @throws {DialError} Why it is not.
 * @throws The signal's reason, if it was aborted.
 */
function opened(target: DialTarget, socket: NodeSocket, ready: string, signal: AbortSignal): Promise<void> {
  const raw: NetSocket = socket.raw;
  return new Promise<void>((resolve, reject) => {
    const settle = (settled: () => void) => {
      raw.off(ready, onReady).off("error", onError).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      settled();
    };
    const fail = (error: unknown) => {
      settle(() => reject(error));
      socket.close();
    };
    const onReady = () => settle(resolve);
    const onError = (error: unknown) => fail(new DialError(failureKind(error), target, error));
    const onClose = () => fail(new DialError("lost", target));
    const onAbort = () => fail(signal.reason);
    raw.once(ready, onReady).once("error", onError).once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
