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

/** What Bun asks the kernel for. */
const GIVEN_BYTES = 524_288;

const NOTHING = new Uint8Array(0);
const DONE: Promise<void> = Promise.resolve();

/** Whether this is Bun. */
export const isBun: boolean = "Bun" in globalThis;

/** What holds for one kind of socket in one runtime. */
export interface Traits {
  /** Whether `writableLength` is 0 after a write that the kernel took whole; otherwise each needs a callback. */
  readonly writesAtOnce: boolean;
  /** Whether it can be paused. */
  readonly pauses: boolean;
  /** Whether each read has a buffer of its own, also where one of ours is given, into which it is then copied. */
  readonly givesBuffers: boolean;
}

/** Bytes that are kept of a socket that cannot be paused, before it is given up. */
const SPARE_LIMIT = 16 * 1024 * 1024;

/** States: open; closed, by us or because the connection failed. */
export class NodeSocket implements Socket {
  readonly #inbox: Inbox;
  readonly #socket: NetSocket;
  readonly #traits: Traits;
  #paused = false;
  #closed = false;

  /**
   * Begins to connect.
   *
   * @param connect Makes the socket; with `onread`, one buffer for all reads, unless each has its own anyway.
   * @param explain Turns an error of the runtime into what a read rejects with.
   */
  constructor(
    traits: Traits,
    connect: (onread: OnReadOpts | undefined) => NetSocket,
    explain: (error: unknown) => unknown,
  ) {
    this.#traits = traits;
    this.#inbox = new Inbox(traits.givesBuffers ? GIVEN_BYTES : READ_BYTES);
    this.#socket = traits.givesBuffers
      ? connect(undefined).on("data", this.#given)
      : connect({ buffer: Buffer.alloc(READ_BYTES), callback: this.#received });
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
    this.#inbox.push(length === buffer.length ? buffer : buffer.subarray(0, length));
    this.#paused = this.#mustPause();
    return !this.#paused;
  };

  readonly #given = (bytes: Uint8Array): void => {
    this.#inbox.take(bytes);
    this.#paused = this.#mustPause();
    if (this.#paused) this.#socket.pause();
  };

  #mustPause(): boolean {
    const { spareBytes, hasRoom } = this.#inbox;
    if (spareBytes > SPARE_LIMIT) {
      this.#socket.destroy(new Error("Cannot read: too much was left unread"));
    }
    return this.#traits.pauses && !hasRoom;
  }

  #written(bytes: Uint8Array): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.write(bytes, (error) => error ? reject(error) : resolve());
    });
  }
}
