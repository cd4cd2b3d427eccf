/**
 * One keep-alive stream, which renews many leases.
 *
 * States:
 * - opening: waiting for an endpoint.
 * - open: renewals are sent, at most {@linkcode WINDOW} unanswered ones at a time; the server serves them one
 *   after the other and answers in that order.
 * - retired: an answer is overdue. Nothing more is sent; what is unanswered is renewed elsewhere, but an answer
 *   that comes after all still counts.
 * - ended, for good: closed here, or failed.
 *
 * @module
 */

import { EtcdInternalError } from "../errors.ts";
import { LeaseKeepAlive } from "../rpc/methods.ts";
import type { Rpc, RpcStream } from "../rpc/rpc.ts";
import type { LeaseKeepAliveRequest, LeaseKeepAliveResponse } from "../../proto/gen/lease.ts";
import { type Instant, now } from "./clock.ts";
import type { Renewal } from "./renewal.ts";
import type { TrackedLease } from "./tracked_lease.ts";

/** Unanswered renewals of one stream: few enough to learn from the first answers how fast it is. */
const WINDOW = 16;
/** Milliseconds to wait for an answer about a lease whose ttl is not known. */
const DEFAULT_PATIENCE = 3_000;

/** What a stream tells of. */
export interface RenewalObserver {
  opened(stream: RenewalStream): void;
  answered(stream: RenewalStream, lease: TrackedLease, renewal: Renewal): void;
  /** No answer came for a third of the ttl of the lease that waits longest. */
  stalled(stream: RenewalStream): void;
  /** It ended by an error; not after `close()`. */
  failed(stream: RenewalStream, error: unknown): void;
}

interface Sent {
  readonly lease: TrackedLease;
  readonly at: Instant;
}

/** A stream of renewals. */
export class RenewalStream {
  /** Milliseconds that the last answer took after the one before it, where it was waited for all that time. */
  pace: number | undefined;
  readonly #observer: RenewalObserver;
  readonly #unanswered: Sent[] = [];
  readonly #closed = new AbortController();
  #stream: RpcStream<LeaseKeepAliveRequest, LeaseKeepAliveResponse> | undefined;
  #retired = false;
  #answeredAt = 0;
  #stall: ReturnType<typeof setTimeout> | undefined;

  constructor(rpc: Rpc, observer: RenewalObserver) {
    this.#observer = observer;
    this.#run(rpc);
  }

  /** Renewals that can be sent now. */
  get room(): number {
    const sending = this.#stream !== undefined && !this.#retired && !this.#closed.signal.aborted;
    return sending ? WINDOW - this.#unanswered.length : 0;
  }

  /** The leases whose renewals are unanswered, the oldest first. */
  get unanswered(): readonly TrackedLease[] {
    return this.#unanswered.map((sent) => sent.lease);
  }

  /** Undefined while it is opening. */
  get endpoint(): string | undefined {
    return this.#stream?.endpoint;
  }

  /** The token it was opened with. */
  get token(): string | undefined {
    return this.#stream?.token;
  }

  /** Sends a renewal; only where there is room. */
  send(lease: TrackedLease): void {
    this.#unanswered.push({ lease, at: now() });
    this.#stream?.send({ ID: lease.id });
    if (this.#unanswered.length === 1) this.#expectAnswer();
  }

  /** Sends nothing more, and listens on. */
  retire(): void {
    this.#retired = true;
    clearTimeout(this.#stall);
  }

  /** Ends it. Idempotent. */
  close(): void {
    clearTimeout(this.#stall);
    this.#closed.abort();
    this.#stream?.close();
  }

  async #run(rpc: Rpc): Promise<void> {
    try {
      const stream = await rpc.open(LeaseKeepAlive, { signal: this.#closed.signal });
      this.#stream = stream;
      if (this.#closed.signal.aborted) return stream.close();
      this.#observer.opened(this);
      for await (const response of stream) this.#answer(response);
      if (!this.#closed.signal.aborted) throw new EtcdInternalError("Cannot renew leases: the stream ended");
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      this.close();
      this.#observer.failed(this, error);
    }
  }

  #answer({ ID, TTL }: LeaseKeepAliveResponse): void {
    const index = this.#unanswered.findIndex((sent) => sent.lease.id === ID);
    if (index < 0) return;
    const [{ lease, at }] = this.#unanswered.splice(index, 1);
    const { monotonic } = now();
    this.pace = at.monotonic < this.#answeredAt ? monotonic - this.#answeredAt : undefined;
    this.#answeredAt = monotonic;
    this.#expectAnswer();
    this.#observer.answered(this, lease, { ttl: Number(TTL), sentAt: at });
  }

  #expectAnswer(): void {
    clearTimeout(this.#stall);
    if (this.#retired || this.#unanswered.length === 0) return;
    const { ttl } = this.#unanswered[0].lease;
    const patience = ttl === undefined ? DEFAULT_PATIENCE : ttl / 3;
    this.#stall = setTimeout(() => this.#observer.stalled(this), patience);
  }
}
