/**
 * The contract of the public surface: keys, values and how they are read and written. `tests/unit/api_shape_test.ts` holds mod.ts to it.
 *
 * @module
 */

import type { ResponseHeader } from "./common.ts";

export interface KeyValue<V> {
  readonly key: string;
  readonly value: V;
  readonly keyBytes: Uint8Array;
  readonly valueBytes: Uint8Array;
  readonly createRevision: bigint;
  readonly modRevision: bigint;
  readonly version: bigint;
  readonly lease: bigint;
  /** Plain data for `JSON.stringify`: 64-bit numbers as decimal strings. */
  toJSON(): unknown;
}

export interface Codec<T> {
  encode(value: T): Uint8Array;
  decode(bytes: Uint8Array): T;
}
export declare const utf8Codec: Codec<string>;
export declare const bytesCodec: Codec<Uint8Array>;
/** A synchronous Standard Schema validates what is read. */
export declare function jsonCodec<T>(schema?: StandardSchema<T>): Codec<T>;
/** The part of https://standardschema.dev that is used. */
export interface StandardSchema<T> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
    readonly issues: readonly { readonly message: string; readonly path?: readonly unknown[] | undefined }[];
  };

export interface ReadOptions {
  readonly revision?: bigint;
  /** Default false: linearizable. */
  readonly serializable?: boolean;
  readonly minModRevision?: bigint;
  readonly maxModRevision?: bigint;
  readonly minCreateRevision?: bigint;
  readonly maxCreateRevision?: bigint;
}
export interface SortOptions {
  readonly limit?: number;
  readonly sortBy?: "key" | "version" | "createRevision" | "modRevision" | "value";
  readonly order?: "ascending" | "descending";
}
export interface RangeResult<V> {
  readonly kvs: readonly KeyValue<V>[];
  readonly count: number;
  readonly more: boolean;
  readonly revision: bigint;
  readonly header: ResponseHeader;
}
export interface PutOptions {
  readonly lease?: bigint;
  readonly prevKv?: boolean;
  /** Keep the key's present lease. */
  readonly ignoreLease?: boolean;
}
export interface PutResult<V> {
  readonly revision: bigint;
  readonly prevKv: KeyValue<V> | null;
  readonly header: ResponseHeader;
}
export interface DeleteOptions {
  readonly prevKv?: boolean;
}
export interface DeleteResult<V> {
  readonly deleted: number;
  readonly revision: bigint;
  readonly prevKvs: readonly KeyValue<V>[];
  readonly header: ResponseHeader;
}
export interface EntriesOptions extends ReadOptions {
  /** In all, not a page. */
  readonly limit?: number;
  readonly keysOnly?: boolean;
  /** Keys of the first page; later pages adapt to sizes. */
  readonly pageSize?: number;
  /** Called after each page with the number of keys so far and in the whole range. */
  readonly onPage?: (progress: { readonly seen: number; readonly total: number }) => void;
}
/** Single use; the revision that all of it is read at. */
export interface Entries<V> extends AsyncIterable<KeyValue<V>> {
  readonly revision: Promise<bigint>;
}
