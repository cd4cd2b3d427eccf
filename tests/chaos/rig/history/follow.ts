/**
 * Writes down what a watch delivers.
 *
 * @module
 */

import type { EtcdCommunicator, WatchEvent, WatchOptions } from "../../../../mod.ts";
import { entryOf } from "./execute.ts";
import { once } from "./once.ts";
import type { Change } from "./truth.ts";
import type { Delivered, WatchFilter, WatchLog } from "./watch_log.ts";

/** What is to be followed. */
export interface FollowOptions extends Pick<WatchOptions, "startRevision" | "prevKv" | "maxBufferedBytes"> {
  readonly prefix: string;
  readonly types?: WatchFilter["types"];
  /** Waits before the next revision is taken, as a slow reader does. */
  readonly pace?: () => Promise<void>;
}

let ids = 0;

/** A watch with its log. It runs until it is closed. */
export class Follower implements AsyncDisposable {
  readonly #options: FollowOptions;
  readonly #watcher: ReturnType<EtcdCommunicator["watch"]>;
  #delivered: Delivered[] = [];
  readonly #reading: Promise<void>;
  readonly #id = ids++;
  #error: unknown;
  #last = 0;
  #taken = 0;
  #news = Promise.withResolvers<void>();
  /** Resolves to the revision after which everything is delivered. */
  readonly ready: Promise<number>;

  constructor(c: EtcdCommunicator, options: FollowOptions) {
    this.#options = options;
    const { prefix, pace: _, ...rest } = options;
    const onProgress = (revision: bigint) => void this.#delivered.push({ progress: Number(revision) });
    this.#watcher = c.watchPrefix(prefix, { ...rest, onProgress });
    this.ready = this.#watcher.ready.then(Number);
    this.ready.catch(() => {});
    this.#reading = this.#read();
  }

  /** The newest revision that was delivered; 0 before the first. */
  get last(): number {
    return this.#last;
  }

  /** What ended it, if it did not end by `close()`. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * Waits for a revision to be delivered.
   *
   * @throws What ended the watch.
   */
  async until(revision: number): Promise<void> {
    while (this.#last < revision) {
      if (this.#error !== undefined) throw this.#error;
      await this.#news.promise;
    }
  }

  /** Waits until the watch has ended by itself. */
  ended(): Promise<void> {
    return this.#reading;
  }

  /**
   * Waits for a revision to be delivered, and takes what came up to it out of the log; the watch goes on.
   *
   * @throws What ended the watch.
   */
  async take(until: number): Promise<WatchLog> {
    await this.until(until);
    const after = this.#delivered.findIndex((one) => "revision" in one && one.revision > until);
    const at = after < 0 ? this.#delivered.length : after;
    const delivered = this.#delivered.slice(0, at);
    // What was promised before holds for what comes.
    const promised = delivered.findLast((one) => "progress" in one);
    this.#delivered = [...(promised === undefined ? [] : [promised]), ...this.#delivered.slice(at)];
    const from = Math.max(await this.ready, this.#taken) + 1;
    this.#taken = until;
    return this.#log({ from, delivered, resume: until + 1, until });
  }

  /**
   * Closes it.
   *
   * @param until The last revision that it was waited for.
   */
  async finish(until = 0): Promise<WatchLog> {
    const resume = Number(this.#watcher.resumeRevision);
    await this.close();
    const from = await this.ready.then((revision) => Math.max(revision, this.#taken) + 1, () => resume);
    return this.#log({ from, delivered: this.#delivered, resume, until });
  }

  #log(part: Pick<WatchLog, "from" | "delivered" | "resume" | "until">): WatchLog {
    const { prefix, types = ["PUT", "DELETE"], prevKv = false } = this.#options;
    const error = this.#error === undefined ? {} : { error: String(this.#error) };
    return { id: this.#id, filter: { prefix, types }, prevKv, ...part, ...error };
  }

  /** Ends the watch. Idempotent. */
  async close(): Promise<void> {
    await this.#watcher.close();
    await this.#reading;
  }

  /** As {@linkcode Follower.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read(): Promise<void> {
    try {
      for await (const { revision, events } of this.#watcher.batches()) {
        this.#delivered.push({ revision: Number(revision), events: events.map(changeOf) });
        this.#last = Number(revision);
        this.#wake();
        await this.#options.pace?.();
      }
    } catch (error) {
      this.#error = error;
    }
    this.#wake();
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

function changeOf({ type, key, value, kv, prevKv }: WatchEvent<string>): Change {
  return {
    type,
    key,
    value: value === null ? null : once(value),
    createRevision: Number(kv?.createRevision ?? 0),
    version: Number(kv?.version ?? 0),
    prev: prevKv === null ? null : { ...entryOf(prevKv), value: once(prevKv.value) },
  };
}
