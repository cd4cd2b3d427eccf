/**
 * The contract of the public surface: watches. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

import type { CallOptions } from "./common.ts";
import type { KeyValue } from "./values.ts";

export interface WatchOptions {
  readonly startRevision?: bigint;
  readonly prevKv?: boolean;
  /** Default both. */
  readonly types?: readonly ("PUT" | "DELETE")[];
  readonly signal?: AbortSignal;
  readonly onProgress?: (revision: bigint) => void;
  /** Bytes held for a slow reader; default 16 MiB. */
  readonly maxBufferedBytes?: number;
  /** Default "pause". */
  readonly onOverflow?: "pause" | "error";
  /** Default "error". */
  readonly onDecodeError?: "error" | "skip";
}
export type WatchEvent<V> = PutEvent<V> | DeleteEvent<V>;
export interface PutEvent<V> {
  readonly type: "PUT";
  readonly key: string;
  readonly value: V;
  readonly kv: KeyValue<V>;
  readonly prevValue: V | null;
  readonly prevKv: KeyValue<V> | null;
  readonly revision: bigint;
  /** The key did not exist before. */
  readonly isCreate: boolean;
}
export interface DeleteEvent<V> {
  readonly type: "DELETE";
  readonly key: string;
  readonly keyBytes: Uint8Array;
  readonly value: null;
  readonly kv: null;
  readonly prevValue: V | null;
  readonly prevKv: KeyValue<V> | null;
  readonly revision: bigint;
  readonly isCreate: false;
}
export interface WatchBatch<V> {
  readonly revision: bigint;
  readonly events: readonly WatchEvent<V>[];
}
export interface Watcher<V> extends AsyncIterable<WatchEvent<V>>, AsyncDisposable {
  /** The revision after which every change is delivered. */
  readonly ready: Promise<bigint>;
  /** Give it as `startRevision` to go on without loss. */
  readonly resumeRevision: bigint;
  /** One batch is one whole revision. */
  batches(): AsyncIterable<WatchBatch<V>>;
  requestProgress(options?: CallOptions): Promise<bigint>;
  close(): Promise<void>;
  /** The contract leaves it at AsyncDisposable's own `PromiseLike`; this is narrower. */
  [Symbol.asyncDispose](): Promise<void>;
}
