/**
 * Reads that begin at a steady pace, whatever becomes of those before.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../../mod.ts";
import type { Call } from "../history/call.ts";
import type { Recorder } from "../history/recorder.ts";

/** Milliseconds from one read to the next. */
const PERIOD = 50;

/**
 * Looks whether a client can reach the leader. Processes that wait for each of their calls cannot tell: a follower
 * holds writes that it handed to a dead leader for some 7 s (etcd's request timeout), and each of them may have one.
 */
export class Probe implements AsyncDisposable {
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #reads: Promise<Call>[] = [];

  /**
   * @param proc The first of its processes; each read is one.
   * @param key What is read.
   */
  constructor(recorder: Recorder, c: EtcdCommunicator, proc: number, key: string) {
    const read = { kind: "read", key, serializable: false } as const;
    this.#timer = setInterval(
      () => this.#reads.push(recorder.record(proc + this.#reads.length, c, read)),
      PERIOD,
    );
  }

  /** Lets reads under way finish; what each came to. Idempotent. */
  stop(): Promise<Call[]> {
    clearInterval(this.#timer);
    return Promise.all(this.#reads);
  }

  /** As {@linkcode Probe.stop}. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }
}
