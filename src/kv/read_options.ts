/**
 * What a read can be told, and the request that says so.
 *
 * @module
 */

import type { RangeRequest, RangeRequest_SortOrder, RangeRequest_SortTarget } from "../../proto/gen/kv.ts";
import type { Keyspace, Span } from "../keys.ts";
import { flag, int64, wholeNumber } from "../options.ts";
import { SortOrder as Order, SortTarget as Target } from "../rpc/wire/enums.ts";

/** What to read, and how fresh. */
export interface ReadOptions {
  /**
   * The revision to read at; the newest without it, or with `0n`.
   *
   * @default {the newest}
   */
  readonly revision?: bigint;
  /**
   * Answer from what the member that is asked knows, which may lag behind the cluster: faster, and possible
   * without a leader.
   *
   * @default {false: linearizable}
   */
  readonly serializable?: boolean;
  /** Only keys last changed at this revision or later. */
  readonly minModRevision?: bigint;
  /** Only keys last changed at this revision or earlier. */
  readonly maxModRevision?: bigint;
  /** Only keys created at this revision or later. */
  readonly minCreateRevision?: bigint;
  /** Only keys created at this revision or earlier. */
  readonly maxCreateRevision?: bigint;
}

/** How many keys to read, and in which order. */
export interface SortOptions {
  /**
   * Keys at most, the first ones in the order; 0 for all.
   *
   * @default {0}
   */
  readonly limit?: number;
  /**
   * What to sort by; values and keys are compared as bytes.
   *
   * @default {"key"}
   */
  readonly sortBy?: "key" | "version" | "createRevision" | "modRevision" | "value";
  /** Which end to begin with. @default {"ascending"} */
  readonly order?: "ascending" | "descending";
}

/** What of the keys in a range is asked for. */
export type RangePart = "entries" | "keys" | "count";

const TARGETS: Readonly<Record<NonNullable<SortOptions["sortBy"]>, RangeRequest_SortTarget>> = {
  key: Target.KEY,
  version: Target.VERSION,
  createRevision: Target.CREATE,
  modRevision: Target.MOD,
  value: Target.VALUE,
};

const ORDERS: Readonly<Record<NonNullable<SortOptions["order"]>, RangeRequest_SortOrder>> = {
  ascending: Order.ASCEND,
  descending: Order.DESCEND,
};

/**
 * The request for a range.
 *
 * @throws {TypeError} If an option is of the wrong kind, or is none of the known words.
 * @throws {RangeError} If a number lies outside its range.
 */
export function rangeRequest(
  keys: Keyspace,
  span: Span,
  options: ReadOptions & SortOptions,
  part: RangePart = "entries",
): RangeRequest {
  return {
    ...keys.absoluteSpan(span),
    ...sorting(options),
    limit: BigInt(wholeNumber(options.limit ?? 0, "limit", 0)),
    revision: revision(options, "revision"),
    serializable: flag(options.serializable, "serializable"),
    keysOnly: part === "keys",
    countOnly: part === "count",
    minModRevision: revision(options, "minModRevision"),
    maxModRevision: revision(options, "maxModRevision"),
    minCreateRevision: revision(options, "minCreateRevision"),
    maxCreateRevision: revision(options, "maxCreateRevision"),
  };
}

function revision(options: ReadOptions, name: Exclude<keyof ReadOptions, "serializable">): bigint {
  const value = options[name];
  return value === undefined ? 0n : int64(value, name, 0n);
}

function sorting(
  { sortBy = "key", order = "ascending" }: SortOptions,
): Pick<RangeRequest, "sortOrder" | "sortTarget"> {
  const sortTarget = word(TARGETS, sortBy, "sortBy");
  const sortOrder = word(ORDERS, order, "order");
  // Ascending keys are the order of etcd's index: asked to sort, 3.4 would fetch the whole range before it cuts.
  const natural = sortTarget === Target.KEY && sortOrder === Order.ASCEND;
  return { sortTarget, sortOrder: natural ? Order.NONE : sortOrder };
}

function word<T>(meanings: Readonly<Record<string, T>>, value: string, name: string): T {
  if (Object.hasOwn(meanings, value)) return meanings[value];
  const known = Object.keys(meanings).map((one) => `"${one}"`).join(", ");
  throw new TypeError(`Cannot use ${name} ${JSON.stringify(value)}: expected ${known}`);
}
