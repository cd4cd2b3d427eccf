/**
 * The types of the helpers that `@std/async` has on JSR and that this project may use; the code is deno-std's, from npm.
 * @module
 */

export declare function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T>;
export declare function abortable<T>(iterable: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T>;

export interface DeadlineOptions {
  signal?: AbortSignal;
}
/** Rejects with a DOMException named `TimeoutError` when `promise` is not settled after `ms` milliseconds. */
export declare function deadline<T>(promise: Promise<T>, ms: number, options?: DeadlineOptions): Promise<T>;

export interface DelayOptions {
  signal?: AbortSignal;
  /** Deno only; default true. */
  persistent?: boolean;
}
/** Resolves after `ms` milliseconds. */
export declare function delay(ms: number, options?: DelayOptions): Promise<void>;

export interface DebouncedFunction<T extends unknown[]> {
  (...args: T): void;
  clear(): void;
  flush(): void;
  readonly pending: boolean;
}
export interface DebounceOptions {
  signal?: AbortSignal;
}
export declare function debounce<T extends unknown[]>(
  fn: (this: DebouncedFunction<T>, ...args: T) => void,
  wait: number,
  options?: DebounceOptions,
): DebouncedFunction<T>;

export declare class MuxAsyncIterator<T> implements AsyncIterable<T> {
  add(iterable: AsyncIterable<T>): void;
  iterate(): AsyncIterableIterator<T>;
  [Symbol.asyncIterator](): AsyncIterator<T>;
}

/** Yields the results of `iteratorFn` in the order of `array`, at most `poolLimit` of them running at once. */
export declare function pooledMap<T, R>(
  poolLimit: number,
  array: Iterable<T> | AsyncIterable<T>,
  iteratorFn: (data: T) => Promise<R>,
): AsyncIterableIterator<R>;

export interface RetryOptions {
  multiplier?: number;
  /** Milliseconds; default 60,000. */
  maxTimeout?: number;
  /** Default 5. */
  maxAttempts?: number;
  /** Milliseconds; default 1,000. */
  minTimeout?: number;
  /** From 0 for none to 1; default 1. */
  jitter?: number;
  signal?: AbortSignal;
}
export declare class RetryError extends Error {}
export declare function retry<T>(fn: (() => Promise<T>) | (() => T), options?: RetryOptions): Promise<T>;

export declare function tee<T, N extends number = 2>(iterable: AsyncIterable<T>, n?: N): AsyncIterable<T>[];
