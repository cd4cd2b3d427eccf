/**
 * Finds out that a peer is gone although nothing says so: when nothing came for a while, a PING is sent, and when
 * still nothing comes the connection is dead.
 *
 * ```text
 *               stream opened          nothing for `time`          nothing for `timeout`
 *   dormant ──────────────────▶ waiting ─────────────────▶ pinged ──────────────────────▶ last chance ──▶ dead
 *      ▲ no stream when it is due ┘ ▲ └─────────── anything came ───────┴───────────────────────┘
 * ```
 *
 * gRPC servers count PINGs, whatever they are for, and disconnect who sends too many or any without an open
 * stream (grpc-go `keepalive.EnforcementPolicy`: by default one in five minutes, etcd's `--grpc-keepalive-min-time`
 * one in five seconds). So there is no PING without a stream, and never two within `minInterval`.
 *
 * Timers of a blocked event loop fire before it reads again, so a PING that seems unanswered gets a last chance:
 * a timer set only then, and set again while the loop keeps being blocked.
 *
 * @module
 */

/** Milliseconds each. */
export interface KeepAliveOptions {
  /** Nothing may come for so long before a PING is sent. @default {10_000} */
  readonly time?: number;
  /** An answer may take so long. @default {4_000} */
  readonly timeout?: number;
  /** At least this is between two PINGs; `time` is raised to it. @default {6_000} */
  readonly minInterval?: number;
}

/** What keep-alive needs of its connection. */
export interface KeepAliveHost {
  /** Whether a PING is welcome. */
  hasStreams(): boolean;
  /** Sends a PING. */
  sendPing(): void;
  /** The peer is gone. */
  onDead(): void;
}

/** Milliseconds of the last chance, part of `timeout`: some turns of the event loop. */
const LAST_CHANCE = 100;

type State = "dormant" | "waiting" | "pinged" | "last chance" | "stopped";

/** Watches over one connection. */
export class KeepAlive {
  readonly #host: KeepAliveHost;
  readonly #time: number;
  readonly #timeout: number;
  readonly #lastChance: number;
  #state: State = "dormant";
  #timer: ReturnType<typeof setTimeout> | undefined;
  #receivedAt: number = performance.now();
  #pingedAt = -Infinity;
  /** When the present timer was set. */
  #armedAt = 0;

  /**
   * Starts dormant.
   *
   * @param options See there.
   * @param host The connection.
   */
  constructor(options: KeepAliveOptions, host: KeepAliveHost) {
    this.#host = host;
    this.#time = Math.max(options.time ?? 10_000, options.minInterval ?? 6_000);
    this.#timeout = options.timeout ?? 4_000;
    this.#lastChance = Math.min(LAST_CHANCE, this.#timeout / 2);
  }

  /** Bytes came. */
  received(): void {
    this.#receivedAt = performance.now();
  }

  /** A stream was opened. */
  streamOpened(): void {
    if (this.#state !== "dormant") return;
    this.#state = "waiting";
    this.#wait();
  }

  /** Ends the watch. */
  stop(): void {
    this.#state = "stopped";
    clearTimeout(this.#timer);
  }

  #arm(delay: number): void {
    this.#armedAt = performance.now();
    this.#timer = setTimeout(this.#onTimer, delay);
  }

  readonly #onTimer = (): void => {
    if (this.#state === "waiting") this.#wait();
    else if (this.#receivedAt >= this.#pingedAt) this.#resume();
    else if (this.#state === "pinged") this.#giveLastChance();
    else if (performance.now() - this.#armedAt > 2 * this.#lastChance) this.#giveLastChance();
    else this.#die();
  };

  #resume(): void {
    this.#state = "waiting";
    this.#wait();
  }

  /** Waits, or pings at once after a long silence that had no streams. */
  #wait(): void {
    const now = performance.now();
    const due = Math.max(this.#receivedAt, this.#pingedAt) + this.#time;
    if (now < due) {
      this.#arm(due - now);
    } else if (!this.#host.hasStreams()) {
      this.#state = "dormant";
    } else {
      this.#state = "pinged";
      this.#pingedAt = now;
      this.#host.sendPing();
      this.#arm(this.#timeout - this.#lastChance);
    }
  }

  #giveLastChance(): void {
    this.#state = "last chance";
    this.#arm(this.#lastChance);
  }

  #die(): void {
    this.#state = "stopped";
    this.#host.onDead();
  }
}
