/**
 * What a watch is asked for, checked.
 *
 * @module
 */

import type { WatchCreateRequest_FilterType } from "../../proto/gen/watch.ts";
import { isEmpty, type Keyspace, type Span } from "../keys.ts";
import { flag, wholeNumber } from "../options.ts";
import { FilterType } from "../rpc/wire/enums.ts";
import type { SubscriptionPlan } from "./subscription.ts";
import type { WatchOptions } from "./types.ts";

/** Revisions are signed 64-bit numbers. */
const MAX_REVISION = 2n ** 63n - 1n;
const DEFAULT_BUFFER = 16 * 1024 * 1024;
const TYPES = ["PUT", "DELETE"] as const;

/**
 * Checks what a watch is asked for.
 *
 * @param span The keys, as the communicator names them.
 * @throws {TypeError} If an option is of the wrong kind.
 * @throws {RangeError} If a number lies outside its range, or there is nothing to watch.
 */
export function checkedPlan(keys: Keyspace, span: Span, options: WatchOptions): SubscriptionPlan {
  if (isEmpty(span)) throw new RangeError("Cannot watch the range: it has no keys, its start is its end");
  if (options.onProgress !== undefined && typeof options.onProgress !== "function") {
    throw new TypeError(`Cannot use onProgress: expected a function, got ${typeof options.onProgress}`);
  }
  oneOf(options.onDecodeError ?? "error", "onDecodeError", ["error", "skip"]);
  return {
    ...keys.absoluteSpan(span),
    startRevision: checkedStart(options.startRevision ?? 0n),
    prevKv: flag(options.prevKv, "prevKv"),
    filters: checkedFilters(options.types ?? TYPES),
    maxBufferedBytes: wholeNumber(options.maxBufferedBytes ?? DEFAULT_BUFFER, "maxBufferedBytes", 1),
    onOverflow: oneOf(options.onOverflow ?? "pause", "onOverflow", ["pause", "error"]),
  };
}

function checkedStart(revision: bigint): bigint {
  if (typeof revision !== "bigint") {
    throw new TypeError(`Cannot use startRevision: expected a bigint, got ${typeof revision}`);
  }
  if (revision < 0n || revision > MAX_REVISION) {
    throw new RangeError(`Cannot use startRevision ${revision}: expected 0 to 2^63 - 1`);
  }
  return revision;
}

/** The server is told what to leave out. */
function checkedFilters(types: readonly string[]): WatchCreateRequest_FilterType[] {
  if (!Array.isArray(types)) throw new TypeError("Cannot use types: expected an array");
  for (const type of types) oneOf(type, "types", TYPES);
  if (types.length === 0) throw new RangeError("Cannot use types: it is empty, so nothing would be watched");
  return [
    ...(types.includes("PUT") ? [] : [FilterType.NOPUT]),
    ...(types.includes("DELETE") ? [] : [FilterType.NODELETE]),
  ];
}

function oneOf<T extends string>(value: string, name: string, choices: readonly T[]): T {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  throw new TypeError(
    `Cannot use ${name}: expected ${choices.map((c) => `"${c}"`).join(" or ")}, got ${String(value)}`,
  );
}
