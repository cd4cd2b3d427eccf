/**
 * What the bench and its workers tell each other: one JSON text a line, a {@linkcode Command} to the worker's standard
 * input, a {@linkcode Result} from its standard output. A worker begins with `{"ready":true}`, and ends when its
 * input does. The workers in Go and Python (`peers/`) speak the same.
 *
 * @module
 */

/** The calls that a worker knows; a worker may lack some. */
export type CallName = "get" | "put" | "range" | "lock" | "connect";

/** Makes calls, `inFlight` at a time, for a time or until there were so many. */
export interface CallsCommand {
  readonly do: "calls";
  readonly call: CallName;
  readonly inFlight: number;
  readonly milliseconds?: number;
  readonly count?: number;
}

/** Watches the keys that "put" writes until so many events came; says `{"watching":true}` once it sees new ones. */
export interface WatchCommand {
  readonly do: "watch";
  readonly events: number;
  /** The revision of the first event, for events of the past; then nothing is said in between. */
  readonly from?: string;
}

/** Reads all keys by `entries`. */
export interface EntriesCommand {
  readonly do: "entries";
}

export type Command = CallsCommand | WatchCommand | EntriesCommand;

/** How it went. */
export interface Result {
  /** How many calls, or events, or entries. */
  readonly calls: number;
  readonly seconds: number;
  /** Seconds of CPU, user and system, of the worker's process. */
  readonly cpu: number;
  /** Milliseconds that half of the calls took at most; of calls one at a time. */
  readonly median?: number;
  /** Bytes that the heap, with its buffers, grew by at most; of entries. */
  readonly heapGrowth?: number;
  /** Bytes that the process' resident memory grew by at most; of entries. */
  readonly residentGrowth?: number;
}

/** In place of a result. */
export interface Failure {
  readonly error: string;
}

/** The keys and sizes that all workers agree on. */
export const GET_KEY = "bench/get";
export const PUT_PREFIX = "bench/put/";
export const RANGE_PREFIX = "bench/range/";
export const LOCK_NAME = "bench/lock";
/** Bytes of the values under "bench/get" and "bench/put/". */
export const SMALL_VALUE = 64;
/** Keys under "bench/range/", and bytes of their values. */
export const RANGE_KEYS = 10_000;
export const RANGE_VALUE = 256;
