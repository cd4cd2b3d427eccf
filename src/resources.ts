/**
 * What a communicator has opened and closes with itself.
 *
 * @module
 */

/** Something that can be closed; twice is harmless. */
export interface Closable {
  close(): Promise<void>;
}

/** The open watchers, keepers, sessions and locks of a communicator. States: open, then closed for good. */
export class Resources {
  readonly #open = new Set<Closable>();
  #closing: Promise<void> | undefined;

  /** Whether `close()` was called. */
  get closed(): boolean {
    return this.#closing !== undefined;
  }

  /**
   * @throws {TypeError} If the communicator is closed.
   */
  assertOpen(action: string): void {
    if (this.closed) throw new TypeError(`Cannot ${action}: the communicator is closed`);
  }

  /** Adds something to close at the end. */
  add(resource: Closable): void {
    this.#open.add(resource);
  }

  /** Forgets something that has closed by itself. */
  delete(resource: Closable): void {
    this.#open.delete(resource);
  }

  /**
   * Closes everything, begun with the newest, since what is newer may rest on what is older; side by side, so that
   * a server that does not answer is waited for once. Never rejects.
   */
  close(): Promise<void> {
    // Begun a moment later: what is closed may ask whether all is being closed.
    this.#closing ??= Promise.resolve().then(() => this.#closeAll());
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    await Promise.all([...this.#open].reverse().map((resource) => resource.close().catch(() => {})));
    this.#open.clear();
  }
}
