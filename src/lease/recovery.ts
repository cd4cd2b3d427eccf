/**
 * What is done about a failed keep-alive stream before another one is opened.
 *
 * What can have happened, and what is done:
 * - A token is of no use any more: it is replaced, once for all streams.
 * - Permission is denied: the lease that waited longest is the one, and is renewed alone. But etcd 3.5 says so of
 *   some expired tokens too: the first time, and then again after a while, a new login is tried before.
 * - The login is refused, or a token that never changes: tried again slowly, since each try costs the server one.
 * - Anything else (lost connection, `no leader`, `not a primary lessor`, a restart): elsewhere, almost at once,
 *   then later and later, up to a second.
 *
 * @module
 */

import { EtcdPermissionDeniedError } from "../errors.ts";
import type { Rpc } from "../rpc/rpc.ts";
import { backoff } from "../timing.ts";
import { isStaleToken } from "./renewal.ts";
import type { RenewalStream } from "./renewal_stream.ts";
import type { TrackedLease } from "./tracked_lease.ts";

/** Milliseconds before the next stream: the first wait and the longest one. */
const REOPEN = [10, 1_000] as const;
/** The same where the server is likely to refuse again. */
const REOPEN_REFUSED = [500, 5_000] as const;

/** Milliseconds between new logins that are made because permission was denied. */
const DOUBT_PAUSE = 30_000;

/** How the pool goes on after a failure. */
export interface RecoveryObserver {
  /** Streams may be opened again. */
  recovered(): void;
  /** The lease may be renewed on a shared stream again. */
  again(lease: TrackedLease): void;
  /** The lease is the one that the server refuses. */
  refused(lease: TrackedLease): void;
}

/** States: ready; waiting, from a failure until the next stream may be opened. */
export class Recovery {
  readonly #rpc: Rpc;
  readonly #observer: RecoveryObserver;
  #doubtedAt = -Infinity;
  #failures = 0;
  #mending = 0;
  #pause: ReturnType<typeof setTimeout> | undefined;
  #stopped = new AbortController();

  constructor(rpc: Rpc, observer: RecoveryObserver) {
    this.#rpc = rpc;
    this.#observer = observer;
  }

  /** Whether no stream may be opened now. */
  get waiting(): boolean {
    return this.#mending > 0 || this.#pause !== undefined;
  }

  /** A stream works: the next failure is a first one again. */
  worked(): void {
    this.#failures = 0;
  }

  /**
   * Starts over after a failure; several streams that fail together count as one.
   *
   * @param suspect The lease that a refusal is about.
   */
  async start(stream: RenewalStream, error: unknown, suspect: TrackedLease | undefined): Promise<void> {
    const { signal } = this.#stopped;
    // With each refusal one lease less is refused: the others need not wait for longer and longer.
    if (!this.waiting && suspect === undefined) this.#failures++;
    this.#mending++;
    const mended = await this.#mend(stream, error, suspect).catch(() => false);
    this.#mending--;
    if (signal.aborted) return this.#observer.recovered();
    const [min, max] = mended ? REOPEN : REOPEN_REFUSED;
    clearTimeout(this.#pause);
    this.#pause = setTimeout(() => {
      this.#pause = undefined;
      this.#observer.recovered();
    }, backoff(Math.max(1, this.#failures), min, max));
  }

  /** Forgets what it was about; nothing needs a stream any more. */
  stop(): void {
    this.#stopped.abort();
    this.#stopped = new AbortController();
    clearTimeout(this.#pause);
    this.#pause = undefined;
    this.#failures = 0;
  }

  /** Whether the next stream is likely to fare better. */
  async #mend(stream: RenewalStream, error: unknown, suspect: TrackedLease | undefined): Promise<boolean> {
    if (suspect !== undefined) return await this.#question(suspect, stream);
    if (isStaleToken(error)) return await this.#rpc.renewToken(stream.token) !== false;
    // Opening waits for an endpoint and is refused only for good: by the login, or for the TLS identity.
    if (stream.endpoint === undefined) return false;
    this.#rpc.avoid(stream.endpoint);
    return true;
  }

  async #question(suspect: TrackedLease, stream: RenewalStream): Promise<boolean> {
    const doubted = performance.now() - this.#doubtedAt < DOUBT_PAUSE;
    if (!doubted) this.#doubtedAt = performance.now();
    const renewed = !doubted && await this.#rpc.renewToken(stream.token).catch(() => false);
    if (renewed === "known") this.#doubtedAt = -Infinity; // it may be stale as well
    if (renewed) this.#observer.again(suspect);
    else this.#observer.refused(suspect);
    return true;
  }
}

/** The lease that a failure is about, where it is about one: the server answers in the order of requests. */
export function suspectOf(error: unknown, unanswered: readonly TrackedLease[]): TrackedLease | undefined {
  return error instanceof EtcdPermissionDeniedError ? unanswered[0] : undefined;
}
