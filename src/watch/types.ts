/**
 * What users see of a watch.
 *
 * @module
 */

import type { KeyValue } from "../key_value.ts";
import type { CallOptions } from "../options.ts";

/** How a watch is to be done. */
export interface WatchOptions {
  /**
   * The first revision to deliver, in the past or in the future; `0n` is the same as none.
   *
   * @default {the next one to come}
   */
  readonly startRevision?: bigint;
  /**
   * Whether events carry what the key was before.
   *
   * @default {false}
   */
  readonly prevKv?: boolean;
  /**
   * The kinds of events to deliver; the server leaves out the others.
   *
   * @default {both}
   */
  readonly types?: readonly ("PUT" | "DELETE")[];
  /** Ends the watch: the iteration rejects with the signal's reason. */
  readonly signal?: AbortSignal;
  /**
   * Told that everything up to a revision was delivered, now and then while nothing happens; where the last
   * change was handed out just before, once the iteration asks for the next. What it throws is dropped.
   */
  readonly onProgress?: (revision: bigint) => void;
  /**
   * Bytes of events that are held while they are not read.
   *
   * @default {16_777_216}
   */
  readonly maxBufferedBytes?: number;
  /**
   * What happens when more would have to be held: `"pause"` lets the server wait and goes on where it stopped
   * once there is room, which fails if that revision was compacted away meanwhile, and delivers a single
   * revision of more than `maxBufferedBytes` all the same; `"error"` ends the watch with an
   * `EtcdWatchOverflowError`.
   *
   * @default {"pause"}
   */
  readonly onOverflow?: "pause" | "error";
  /**
   * What happens to an event whose value the codec refuses: `"error"` ends the watch with an `EtcdDecodeError`,
   * `"skip"` leaves out the event, or the previous value if only that was refused.
   *
   * @default {"error"}
   */
  readonly onDecodeError?: "error" | "skip";
}

/** A change of a key. */
export type WatchEvent<V> = PutEvent<V> | DeleteEvent<V>;

/** A key was written. */
export interface PutEvent<V> {
  /** What happened. */
  readonly type: "PUT";
  /** The key as text; what is not UTF-8 shows as replacement characters. */
  readonly key: string;
  /** The value that was written. */
  readonly value: V;
  /** The key with its revisions. It is made when it is asked for, so that `{ ...event }` is without it. */
  readonly kv: KeyValue<V>;
  /** The value before; null without `prevKv`, for a new key, and where it was compacted away. */
  readonly prevValue: V | null;
  /** The key before; null as `prevValue` is. */
  readonly prevKv: KeyValue<V> | null;
  /** The revision of the change. */
  readonly revision: bigint;
  /** The key did not exist before. */
  readonly isCreate: boolean;
}

/** A key was deleted, or its lease has ended. */
export interface DeleteEvent<V> {
  /** What happened. */
  readonly type: "DELETE";
  /** The key as text; what is not UTF-8 shows as replacement characters. */
  readonly key: string;
  /** The key, byte for byte. */
  readonly keyBytes: Uint8Array;
  /** There is no value any more. */
  readonly value: null;
  /** There is no key any more. */
  readonly kv: null;
  /** The value before; null without `prevKv`, and where it was compacted away. */
  readonly prevValue: V | null;
  /** The key before; null as `prevValue` is. */
  readonly prevKv: KeyValue<V> | null;
  /** The revision of the deletion. */
  readonly revision: bigint;
  /** A deletion creates nothing. */
  readonly isCreate: false;
}

/** All changes that one revision made to the watched keys. */
export interface WatchBatch<V> {
  /** The revision. */
  readonly revision: bigint;
  /** Its events, in the server's order. */
  readonly events: readonly WatchEvent<V>[];
}

/**
 * A running watch. It has one consumer: iterate over it, or over `batches()`, once.
 *
 * It survives lost connections, restarts, changes of the leader, slow readers and expired tokens, and delivers
 * each change once, in order, whole revisions at a time. It ends by `signal` (the iteration rejects with the
 * reason), by `close()` or by leaving the loop (quietly), or by an error, which the iteration rejects with after
 * the events that precede it:
 *
 * - `EtcdCompactedError`: what comes next was compacted away; read the keys anew and watch from there;
 * - `EtcdPermissionDeniedError`, `EtcdUnauthenticatedError`: the user may not read the keys, or no longer;
 * - `EtcdClusterChangedError`: the endpoint now belongs to another cluster, or to one wiped or restored;
 * - `EtcdWatchOverflowError`: it was read too slowly, with `onOverflow: "error"`;
 * - `EtcdDecodeError`: the codec refused a value, unless `onDecodeError` is `"skip"`.
 *
 * @example List, then follow
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * await communicator.put("/jobs/1", "waiting");
 *
 * const { kvs, revision } = await communicator.range({ prefix: "/jobs/" });
 * for (const { key, value } of kvs) console.log(key, "is", value); // /jobs/1 is waiting
 *
 * await communicator.delete("/jobs/1"); // nothing is missed in between
 * await using watcher = communicator.watchPrefix("/jobs/", { startRevision: revision + 1n });
 * for await (const event of watcher) {
 *   if (event.type === "PUT") console.log(event.key, "is now", event.value);
 *   else console.log(event.key, "is gone"); // /jobs/1 is gone
 *   break;
 * }
 * ```
 */
export interface Watcher<V> extends AsyncIterable<WatchEvent<V>>, AsyncDisposable {
  /**
   * Resolves once the server watches, to the revision after which every change is delivered: with a
   * `startRevision`, the one before it. Rejects if the watch ends before that; nobody needs to await it.
   */
  readonly ready: Promise<bigint>;
  /**
   * Give it as `startRevision`, here or in another process, to go on without loss. It moves past a revision when
   * its batch, or the last single event of it, has been handed out, and past those that the server reported to
   * hold nothing. Before `ready` it is the `startRevision`, or `0n`, which starts with what comes next.
   */
  readonly resumeRevision: bigint;
  /**
   * The same changes, a whole revision at a time.
   *
   * @returns What to iterate over, instead of the watcher itself.
   */
  batches(): AsyncIterable<WatchBatch<V>>;
  /**
   * Waits until everything is delivered that happened before the call.
   *
   * Events count as delivered once the loop over the watcher has taken them. Where nothing is taken for a second
   * of what is there, as when the loop itself waits here, the answer is what was delivered until then. Where the
   * last change was not one of a watched key, etcd before 3.4.25 and 3.5.8 can say only every ten minutes that
   * nothing is missing.
   *
   * @param options Signal and timeout.
   * @returns A revision up to which everything was delivered: that of the store at the time of the call, unless
   * reading has stopped.
   * @throws {EtcdTimeoutError} If the timeout passes first.
   * @throws {TypeError} If the watcher is closed.
   * @throws What ended the watch, or the signal's reason.
   */
  requestProgress(options?: CallOptions): Promise<bigint>;
  /** Ends the watch and, quietly, its iteration; what was not read is dropped. Idempotent. */
  close(): Promise<void>;
  /** The same as `close()`. */
  [Symbol.asyncDispose](): Promise<void>;
}
