/**
 * The contract of the public surface: what calls and selectors have in common. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

export type Key = string | Uint8Array;

export interface CallOptions {
  readonly signal?: AbortSignal;
  /** Milliseconds; default: the client's `timeout`; 0 for none. */
  readonly timeout?: number;
}

/** A range of keys: one of three forms, never mixed. */
export type KeyRange =
  | { readonly prefix: Key; readonly start?: never; readonly end?: never; readonly all?: never }
  | { readonly start: Key; readonly end?: Key; readonly prefix?: never; readonly all?: never }
  | { readonly all: true; readonly prefix?: never; readonly start?: never; readonly end?: never };
export type Selector = Key | KeyRange;

/** What every response of etcd says of its cluster. */
export interface ResponseHeader {
  readonly clusterId: bigint;
  readonly memberId: bigint;
  readonly revision: bigint;
  readonly raftTerm: bigint;
}
