/**
 * Connections with TLS, by `node:tls`: the only way that verifies the same on Deno, Bun and Node.
 *
 * @module
 */

import type { OnReadOpts, Socket as NetSocket } from "node:net";
import {
  checkServerIdentity,
  connect,
  type ConnectionOptions,
  type PeerCertificate,
  type SecureContext,
  type TLSSocket,
} from "node:tls";
import type { DialTarget, Socket, TlsOptions } from "../../socket.ts";
import { DialError } from "./dial_error.ts";
import { failureKind } from "./failure_kind.ts";
import { isIpAddress } from "./host.ts";
import { connecting, opened } from "./node_connecting.ts";
import { NodeSocket, type Traits } from "./node_socket.ts";
import { runtime } from "./runtime.ts";
import { tlsContext } from "./tls_context.ts";

/** Deno loses the peer's end when it comes while a TLS socket is paused, and the read would wait for ever. */
const TLS: Traits = { writesAtOnce: false, pauses: runtime() !== "deno" };

/**
 * Opens a connection that settles on HTTP/2.
 *
 * @throws {TypeError} If the certificates or the key cannot be used.
 * @throws {DialError} Why there is none.
 * @throws The signal's reason, if it was aborted.
 */
export async function dialTls(target: DialTarget, tls: TlsOptions, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
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
  return connect({ ...connecting(target, onread), ...verifying(target, tls, context) });
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
    const secured = connect(options, () => {
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
