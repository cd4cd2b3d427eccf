/**
 * A socket of `node:net` or `node:tls` as a {@linkcode Socket}.
 *
 * @module
 */

import { Buffer } from "node:buffer";
import type { OnReadOpts, Socket as NetSocket } from "node:net";
import type { Socket } from "../../socket.ts";
import { Inbox } from "./inbox.ts";

/** Bytes of one read at most; what libuv asks the kernel for. */
const READ_BYTES = 65_536;

const NOTHING = new Uint8Array(0);
const DONE: Promise<void> = Promise.resolve();

/** What holds for one kind of socket in one runtime. */
export interface Traits {
  /** Whether `writableLength` is 0 after a write that the kernel took whole; otherwise each needs a callback. */
  readonly writesAtOnce: boolean;
  /** Whether it can be paused. */
  readonly pauses: boolean;
}

/** Bytes that are kept of a socket that cannot be paused, before it is given up. */
const SPARE_LIMIT = 16 * 1024 * 1024;

/** States: open; closed, by us or because the connection failed. */
export class NodeSocket implements Socket {
  readonly #inbox = new Inbox();
  readonly #socket: NetSocket;
  readonly #traits: Traits;
  #paused = false;
  #closed = false;

  /**
   * Begins to connect.
   *
   * @param connect Makes the socket, with `onread`: one buffer for all reads, where `data` events come with a
   * new one each.
   * @param explain Turns an error of the runtime into what a read rejects with.
   */
  constructor(
    traits: Traits,
    connect: (onread: OnReadOpts) => NetSocket,
    explain: (error: unknown) => unknown,
  ) {
    this.#traits = traits;
    this.#socket = connect({ buffer: Buffer.alloc(READ_BYTES), callback: this.#received });
    this.#socket.on("end", () => this.#inbox.end());
    this.#socket.on("error", (error: unknown) => this.#inbox.fail(explain(error)));
    this.#socket.on("close", () => this.#inbox.end());
  }

  /** The runtime's own. */
  get raw(): NetSocket {
    return this.#socket;
  }

  read(into: Uint8Array): Promise<number | null> {
    const read = this.#inbox.read(into);
    if (this.#paused && this.#inbox.hasRoom) {
      this.#paused = false;
      this.#socket.resume();
    }
    return read;
  }

  write(bytes: Uint8Array): Promise<void> {
    if (this.#closed) return Promise.reject(new Error("Cannot write: the socket is closed"));
    // Deno's node:tls fails on an empty write.
    if (bytes.length === 0) return DONE;
    if (!this.#traits.writesAtOnce) return this.#written(bytes);
    // A write without a callback costs the runtime a turn less.
    this.#socket.write(bytes);
    return this.#socket.writableLength === 0 ? DONE : this.#written(NOTHING);
  }

  close(): void {
    this.#closed = true;
    this.#inbox.close();
    this.#socket.destroy();
  }

  /** Over TLS it is called again even after it returned false, so that the inbox takes what comes. */
  readonly #received = (length: number, buffer: Uint8Array): boolean => {
    const inbox = this.#inbox;
    inbox.push(length === buffer.length ? buffer : buffer.subarray(0, length));
    if (inbox.spareBytes > SPARE_LIMIT) {
      this.#socket.destroy(new Error("Cannot read: too much was left unread"));
    }
    this.#paused = this.#traits.pauses && !inbox.hasRoom;
    return !this.#paused;
  };

  #written(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }
}
