/**
 * A range read page by page, all of it at one revision.
 *
 * @module
 */

import type { RangeRequest } from "../../proto/gen/kv.ts";
import { concat } from "../bytes.ts";
import { EtcdTooManyRequestError } from "../errors.ts";
import type { EncodedRange } from "./encoded_range.ts";

/** One page. */
export interface Page {
  readonly range: EncodedRange;
  /** The revision that the page, and every other one, was read at. */
  readonly revision: bigint;
  /** What asks for the page after this one; undefined if there is none. */
  readonly next: RangeRequest | undefined;
}

/** How a page is fetched. */
export type Fetch = (request: RangeRequest) => Promise<EncodedRange>;

/** About what a key takes in memory beside its message, in bytes. */
const ENTRY_OVERHEAD = 256;

/** A page may have so many times the keys of the one before, lest a run of larger values come all at once. */
const MAX_GROWTH = 4;

const ZERO = new Uint8Array(1);

/**
 * Fetches a page, in smaller ones if it turns out larger than a message may be.
 *
 * @param request The range; its limit is the size of the page.
 * @throws {EtcdError} What the call rejects with.
 */
export async function fetchPage(request: RangeRequest, fetch: Fetch): Promise<Page> {
  for (let limit = request.limit;; limit = limit / 2n) {
    try {
      return toPage(request, await fetch({ ...request, limit }));
    } catch (error) {
      if (limit === 1n || !isTooLarge(error)) throw error;
    }
  }
}

/**
 * How many keys the page after this one should have.
 *
 * @param bytes What a page should take.
 */
export function nextSize({ range: { length, byteLength } }: Page, bytes: number): number {
  const taken = byteLength + length * ENTRY_OVERHEAD;
  return Math.max(1, Math.min(Math.floor(bytes * length / taken), length * MAX_GROWTH));
}

function toPage(request: RangeRequest, range: EncodedRange): Page {
  const revision = request.revision === 0n ? range.header?.revision ?? 0n : request.revision;
  if (!range.more || range.length === 0) return { range, revision, next: undefined };
  const { key } = range.at(range.length - 1);
  return { range, revision, next: { ...request, key: concat(key, ZERO), revision } };
}

/** The client's own limit on what it receives; the server's refusals have reasons of their own. */
function isTooLarge(error: unknown): boolean {
  return error instanceof EtcdTooManyRequestError && error.reason === "RESOURCE_EXHAUSTED";
}
