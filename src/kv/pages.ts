/**
 * A range read page by page, all of it at one revision.
 *
 * @module
 */

import type { RangeRequest, RangeResponse } from "../../proto/gen/kv.ts";
import type { KeyValue as KeyValueMessage } from "../../proto/gen/mvcc.ts";
import { concat } from "../bytes.ts";
import { EtcdTooManyRequestError } from "../errors.ts";

/** One page. */
export interface Page {
  readonly kvs: readonly KeyValueMessage[];
  /** The revision that the page, and every other one, was read at. */
  readonly revision: bigint;
  /** Keys from here to the end of the range, these included, whatever the revision filters. */
  readonly count: number;
  /** What asks for the page after this one; undefined if there is none. */
  readonly next: RangeRequest | undefined;
}

/** How a page is fetched. */
export type Fetch = (request: RangeRequest) => Promise<RangeResponse>;

/** About what a key takes in memory beside the bytes of its name and its value. */
const ENTRY_OVERHEAD = 256;

/** A page may grow this many times over the one before, lest a run of larger values come all at once. */
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
export function nextSize({ kvs }: Page, bytes: number): number {
  const taken = kvs.reduce((sum, { key, value }) => sum + key.length + value.length + ENTRY_OVERHEAD, 0);
  const fitting = Math.floor(bytes * kvs.length / taken);
  return Math.max(1, Math.min(fitting, kvs.length * MAX_GROWTH));
}

function toPage(request: RangeRequest, response: RangeResponse): Page {
  const { kvs, more, count } = response;
  const revision = request.revision === 0n ? response.header?.revision ?? 0n : request.revision;
  const last = kvs.at(-1);
  const next = more && last !== undefined ? { ...request, key: concat(last.key, ZERO), revision } : undefined;
  return { kvs, revision, count: Number(count), next };
}

/** The client's own limit on what it receives; the server's refusals have reasons of their own. */
function isTooLarge(error: unknown): boolean {
  return error instanceof EtcdTooManyRequestError && error.reason === "RESOURCE_EXHAUSTED";
}
