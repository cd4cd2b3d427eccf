/**
 * Reads the truth: all that happens to a store, as etcdctl tells it past the client and past every proxy.
 *
 * @module
 */

import { type EtcdctlTarget, type LineProcess, startEtcdctl } from "../../../../src/testing/mod.ts";
import type { Entry } from "./call.ts";
import { once } from "./once.ts";
import type { Change, Revision } from "./truth.ts";

/** mvccpb.KeyValue as etcdctl prints it. */
interface JsonKeyValue {
  readonly key: string;
  readonly value?: string;
  readonly create_revision?: number;
  readonly mod_revision: number;
  readonly version?: number;
}

interface JsonEvent {
  /** 1 for a deletion. */
  readonly type?: number;
  readonly kv: JsonKeyValue;
  readonly prev_kv?: JsonKeyValue;
}

/** Milliseconds before an etcdctl that ended is started again. */
const REST = 200;

/**
 * A reader of the truth. It reads until it is closed, also across restarts of the server; what it has not read must
 * not be compacted away, so compaction waits for {@linkcode Oracle.until}.
 */
export class Oracle implements AsyncDisposable {
  readonly #target: EtcdctlTarget;
  readonly #revisions: Revision[] = [];
  readonly #reading: Promise<void>;
  #etcdctl: LineProcess | undefined;
  #closed = false;
  #failed = false;
  #next: number;
  #news = Promise.withResolvers<void>();

  /**
   * @param target Past all proxies.
   * @param from The first revision to read.
   */
  constructor(target: EtcdctlTarget, from = 1) {
    this.#target = target;
    this.#next = from;
    this.#reading = this.#read();
    this.#reading.catch(() => {
      this.#failed = true;
      this.#wake();
    });
  }

  /** What was read, oldest first. */
  get truth(): readonly Revision[] {
    return this.#revisions;
  }

  /**
   * Waits until a revision was read, or one after it.
   *
   * @throws What ended the reading.
   */
  async until(revision: number): Promise<void> {
    while (this.#next <= revision && !this.#closed) {
      if (this.#failed) await this.#reading;
      await this.#news.promise;
    }
  }

  /** What was read up to a revision since this was last asked; it is forgotten here. */
  take(last: number): Revision[] {
    const after = this.#revisions.findIndex(({ revision }) => revision > last);
    return this.#revisions.splice(0, after < 0 ? this.#revisions.length : after);
  }

  /** Ends it. Idempotent. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await this.#etcdctl?.close();
    await this.#reading;
  }

  /** As {@linkcode Oracle.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #read(): Promise<void> {
    while (!this.#closed) {
      const args = ["watch", `--rev=${this.#next}`, "--prefix", "", "--prev-kv", "-w", "json"];
      const etcdctl = this.#etcdctl = await startEtcdctl(this.#target, args);
      try {
        if (!this.#closed) { for await (const line of etcdctl.lines) this.#take(line); }
      } catch (error) {
        if (!this.#closed) throw error;
      } finally {
        await etcdctl.close();
      }
      if (!this.#closed) await new Promise((resolve) => setTimeout(resolve, REST));
    }
  }

  #take(line: string): void {
    if (!line.startsWith("{")) return;
    const { Events, CompactRevision } = JSON.parse(line) as {
      Events?: JsonEvent[];
      CompactRevision?: number;
    };
    if (CompactRevision) throw new RangeError(`The truth up to ${CompactRevision} was compacted away unread`);
    for (const event of Events ?? []) this.#add(event.kv.mod_revision, changeOf(event));
    this.#wake();
  }

  #add(revision: number, change: Change): void {
    const last = this.#revisions.at(-1);
    if (last?.revision === revision) (last.changes as Change[]).push(change);
    else this.#revisions.push({ revision, changes: [change] });
    this.#next = revision + 1;
  }

  #wake(): void {
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}

/** All that happened up to a revision. */
export async function readTruth(target: EtcdctlTarget, last: number): Promise<readonly Revision[]> {
  await using oracle = new Oracle(target);
  await oracle.until(last);
  return oracle.truth;
}

function changeOf({ type, kv, prev_kv }: JsonEvent): Change {
  return {
    type: type === 1 ? "DELETE" : "PUT",
    key: text(kv.key),
    value: type === 1 ? null : once(text(kv.value)),
    createRevision: kv.create_revision ?? 0,
    version: kv.version ?? 0,
    prev: prev_kv === undefined ? null : entryOf(prev_kv),
  };
}

function entryOf({ key, value, create_revision, mod_revision, version }: JsonKeyValue): Entry {
  return {
    key: text(key),
    value: once(text(value)),
    createRevision: create_revision ?? 0,
    modRevision: mod_revision,
    version: version ?? 0,
  };
}

function text(base64 = ""): string {
  return new TextDecoder().decode(Uint8Array.from(atob(base64), (char) => char.charCodeAt(0)));
}
