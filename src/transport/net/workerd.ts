/**
 * Connections by `cloudflare:sockets`, for edge-style workers.
 *
 * @module
 */

import type { Dialer, DialTarget, Socket } from "../../socket.ts";
import { DialError } from "./dial_error.ts";
import { failureKind } from "./failure_kind.ts";

/** As much of a worker's socket as is used. */
interface WorkerSocket {
  readonly readable: ReadableStream<Uint8Array>;
  readonly writable: WritableStream<Uint8Array>;
  readonly opened: Promise<unknown>;
  close(): Promise<void>;
}

/** Bytes of one read at most; a reader that brings no buffer is given 4,096 at a time. */
const READ_BYTES = 65_536;

/**
 * Makes a dialer for edge-style workers, where a socket belongs to the request that opened it.
 *
 * @param connect `connect` from `cloudflare:sockets`.
 * @returns A dialer for plaintext: workers offer no ALPN, which etcd's TLS requires.
 *
 * @example
 * ```ts ignore
 * import { connect } from "cloudflare:sockets";
 * import { EtcdClient, workerdDialer } from "@etcetra/etcd";
 *
 * const etcd = new EtcdClient("10.0.0.1:2379", { dialer: workerdDialer(connect) });
 * ```
 */
export function workerdDialer(
  connect: (address: { hostname: string; port: number }, options?: object) => object,
): Dialer {
  return async (target, signal) => {
    if (target.tls !== undefined) {
      throw new TypeError("Cannot use TLS in a worker: its sockets have no ALPN, which etcd requires");
    }
    signal.throwIfAborted();
    const socket = connect(addressOf(target), {
      secureTransport: "off",
      allowHalfOpen: true,
    }) as WorkerSocket;
    await opened(target, socket, signal);
    return new WorkerdSocket(socket);
  };
}

function addressOf({ host, port }: DialTarget): { hostname: string; port: number } {
  return { hostname: host.includes(":") ? `[${host}]` : host, port };
}

/**
 * Waits until a socket is connected; closes it where that fails.
 *
 * @throws {DialError} Why it is not.
 * @throws The signal's reason, if it was aborted.
 */
async function opened(target: DialTarget, socket: WorkerSocket, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<never>();
  const onAbort = () => aborted.reject(signal.reason);
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    await Promise.race([socket.opened, aborted.promise]);
  } catch (error) {
    socket.close().catch(() => {});
    signal.throwIfAborted();
    throw new DialError(failureKind(error), target, error);
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** States: open, closed. */
class WorkerdSocket implements Socket {
  readonly #socket: WorkerSocket;
  readonly #reader: ReadableStreamBYOBReader;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  /** Given away with each read and returned by it. */
  #buffer = new ArrayBuffer(READ_BYTES);
  /** What was read and did not fit into its reader's buffer. */
  #spare = new Uint8Array(0);
  #ended = false;
  #closed = false;

  constructor(socket: WorkerSocket) {
    this.#socket = socket;
    this.#reader = socket.readable.getReader({ mode: "byob" });
    this.#writer = socket.writable.getWriter();
    // What is wrong is told by reads and writes.
    this.#reader.closed.catch(() => {});
    this.#writer.closed.catch(() => {});
  }

  async read(into: Uint8Array): Promise<number | null> {
    try {
      while (this.#spare.length === 0) {
        if (this.#ended || this.#closed) return null;
        const { done, value } = await this.#reader.read(new Uint8Array(this.#buffer));
        this.#ended = done;
        if (value === undefined) continue;
        this.#buffer = value.buffer;
        this.#spare = value;
      }
    } catch (error) {
      this.#ended = true;
      if (this.#closed) return null;
      throw error;
    }
    const part = this.#spare.subarray(0, into.length);
    into.set(part);
    this.#spare = this.#spare.subarray(part.length);
    return part.length;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("Cannot write: the socket is closed"));
    return this.#writer.write(bytes);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#spare = new Uint8Array(0);
    // Closing alone may leave a read pending; a writer that is aborted keeps the connection until its request ends.
    this.#reader.cancel().catch(() => {});
    this.#socket.close().catch(() => {});
  }
}
