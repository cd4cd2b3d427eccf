/**
 * Connections by `Deno.connect`, which needs no part of Node's library to be loaded.
 *
 * TLS goes through `node:tls` on Deno too: `Deno.connectTls` trusts the runtime's authorities beside those that
 * are given, ignores a server name, and cannot be aborted while it connects; `Deno.startTls` has no client
 * certificates.
 *
 * @module
 */

import type { DialTarget, Socket } from "../../socket.ts";
import { DialError } from "./dial_error.ts";
import { failureKind } from "./failure_kind.ts";

/** As much of a `Deno.TcpConn` as is used. */
interface TcpConn {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  setNoDelay(on: boolean): void;
  close(): void;
}

interface DenoGlobals {
  readonly Deno: {
    connect(
      options: { readonly hostname: string; readonly port: number; readonly signal: AbortSignal },
    ): Promise<TcpConn>;
  };
  readonly setImmediate: (callback: () => void) => void;
}

const { Deno, setImmediate } = globalThis as unknown as DenoGlobals;

/**
 * Bytes that are read before others get their turn. Deno fulfills a read at once while there is something to read,
 * so that a connection on which more and more arrives would hold up timers and other sockets.
 */
const TURN_BYTES = 262_144;

/** Opens connections by `Deno.connect`, and by `node:tls` for TLS. */
export async function denoDialer(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  if (target.tls !== undefined) return await (await import("./node.ts")).nodeDialer(target, signal);
  let conn: TcpConn;
  try {
    conn = await Deno.connect({ hostname: target.host, port: target.port, signal });
  } catch (error) {
    signal.throwIfAborted();
    throw new DialError(failureKind(error), target, error);
  }
  if (signal.aborted) {
    conn.close();
    throw signal.reason;
  }
  conn.setNoDelay(true);
  return new DenoSocket(conn);
}

/** States: open, closed. */
class DenoSocket implements Socket {
  readonly #conn: TcpConn;
  #closed = false;
  #sinceTurn = 0;

  constructor(conn: TcpConn) {
    this.#conn = conn;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#sinceTurn >= TURN_BYTES) await this.#yield();
    if (this.#closed) return null;
    try {
      const read = await this.#conn.read(into);
      this.#sinceTurn += read ?? 0;
      return read;
    } catch (error) {
      if (this.#closed) return null;
      throw error;
    }
  }

  async write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) throw new Error("Cannot write: the socket is closed");
    let written = await this.#conn.write(bytes);
    while (written < bytes.length) written += await this.#conn.write(bytes.subarray(written));
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#conn.close();
  }

  #yield(): Promise<void> {
    this.#sinceTurn = 0;
    return new Promise((resolve) => setImmediate(resolve));
  }
}
