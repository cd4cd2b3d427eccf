/**
 * Processes that call etcd at a steady pace, through whatever happens, and write it down.
 *
 * @module
 */

import type { CallOptions, EtcdCommunicator } from "../../../../mod.ts";
import type { Recorder } from "../history/recorder.ts";
import type { Random } from "../random.ts";
import { Operations } from "./operations.ts";

/** Milliseconds after which calls are given up at the latest, if they are. */
const PATIENCE = 20;
const GIVEN_UP = new DOMException("Enough of it", "AbortError");

/** How much is called. */
export interface LoadOptions extends CallOptions {
  readonly random: Random;
  readonly recorder: Recorder;
  /** Each process uses one of them. */
  readonly communicators: readonly EtcdCommunicator[];
  /** All keys begin with it. */
  readonly prefix: string;
  /** Calls a second, of all processes together, while calls are quick. */
  readonly rate: number;
  readonly processes?: number;
  /** Begins all values. */
  readonly name?: string;
  /** Which share of the calls is given up after a moment. */
  readonly givenUp?: number;
}

/** A load that runs until it is stopped. */
export class Load implements AsyncDisposable {
  readonly #running: Promise<unknown>;
  #stopped = false;

  constructor(options: LoadOptions) {
    const { processes = 20 } = options;
    this.#running = Promise.all(Array.from({ length: processes }, (_, proc) => this.#process(options, proc)));
  }

  /** Lets calls under way finish. Idempotent. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
  }

  /** As {@linkcode Load.stop}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #process(options: LoadOptions, proc: number): Promise<void> {
    const { communicators, name = "", prefix, processes = 20, random, rate, recorder, timeout } = options;
    const own = random.fork();
    const operations = new Operations(own.fork(), prefix, `${name}p${proc}`);
    const period = processes / rate * 1000;
    let due = performance.now() + random.between(0, period);
    while (!this.#stopped) {
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
      due = Math.max(due + period, performance.now());
      const c = communicators[proc % communicators.length];
      const giveUp = own.chance(options.givenUp ?? 0) ? new AbortController() : undefined;
      const timer = giveUp && setTimeout(() => giveUp.abort(GIVEN_UP), own.between(0, PATIENCE));
      await recorder.record(proc, c, operations.next(), {
        ...(timeout === undefined ? {} : { timeout }),
        ...(giveUp && { signal: giveUp.signal }),
      });
      clearTimeout(timer);
    }
  }
}
