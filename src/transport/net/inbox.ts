/**
 * What turns a socket that pushes bytes into one that is asked for them.
 *
 * States: open; over, once the peer ended or the connection failed, while what came before is still handed out;
 * closed, once we closed it and nothing more is handed out.
 *
 * @module
 */

interface Reader {
  readonly into: Uint8Array;
  readonly resolve: (read: number | null) => void;
  readonly reject: (error: unknown) => void;
}

/** Bytes that are kept without a reader before the socket is told to pause: about one read of the kernel. */
const SPARE_BYTES = 65_536;

/** Bytes on their way from a socket to its reader. */
export class Inbox {
  #spare: Uint8Array[] = [];
  #spareBytes = 0;
  #reader: Reader | undefined;
  #over: { readonly error?: unknown } | undefined;

  /** Bytes that nobody has asked for yet. */
  get spareBytes(): number {
    return this.#spareBytes;
  }

  /** Whether the socket may push more. */
  get hasRoom(): boolean {
    return this.#spareBytes < SPARE_BYTES;
  }

  /** Takes what arrived; `bytes` may be reused afterwards. */
  push(bytes: Uint8Array): void {
    if (this.#over !== undefined) return;
    const reader = this.#reader;
    if (reader === undefined) return this.#keep(bytes);
    this.#reader = undefined;
    const read = Math.min(bytes.length, reader.into.length);
    reader.into.set(read === bytes.length ? bytes : bytes.subarray(0, read));
    if (read < bytes.length) this.#keep(bytes.subarray(read));
    reader.resolve(read);
  }

  /** Fills `into` from its start; see `Socket.read`. */
  read(into: Uint8Array): Promise<number | null> {
    if (this.#spareBytes > 0) return Promise.resolve(this.#take(into));
    if (this.#over !== undefined) return "error" in this.#over ? Promise.reject(this.#over.error) : ENDED;
    if (this.#reader !== undefined) return Promise.reject(new TypeError("Cannot read: a read is pending"));
    return new Promise((resolve, reject) => this.#reader = { into, resolve, reject });
  }

  /** The peer sends no more. */
  end(): void {
    if (this.#over !== undefined) return;
    this.#over = {};
    this.#reader?.resolve(null);
    this.#reader = undefined;
  }

  /** The connection failed. */
  fail(error: unknown): void {
    if (this.#over !== undefined) return;
    this.#over = { error };
    this.#reader?.reject(error);
    this.#reader = undefined;
  }

  /** Nobody reads any more. */
  close(): void {
    this.end();
    this.#over = {};
    this.#spare = [];
    this.#spareBytes = 0;
  }

  #keep(bytes: Uint8Array): void {
    // Not by slice(), which makes no copy of a Buffer.
    this.#spare.push(new Uint8Array(bytes));
    this.#spareBytes += bytes.length;
  }

  #take(into: Uint8Array): number {
    let read = 0;
    while (this.#spareBytes > 0 && read < into.length) {
      const bytes = this.#spare[0];
      const part = bytes.subarray(0, into.length - read);
      into.set(part, read);
      read += part.length;
      this.#spareBytes -= part.length;
      if (part.length === bytes.length) this.#spare.shift();
      else this.#spare[0] = bytes.subarray(part.length);
    }
    return read;
  }
}

/** Shared, as it has no state. */
const ENDED: Promise<null> = Promise.resolve(null);
