/**
 * Ranges that do not fit memory: an iteration over pages that are all read at one revision.
 *
 * @module
 */

import type { RangeRequest } from "../proto/gen/kv.ts";
import type { KeyValue as KeyValueMessage } from "../proto/gen/mvcc.ts";
import { type KeyValue, toKeyOnly, toKeyValue } from "./key_value.ts";
import { type Selector, type Span, spanOf } from "./keys.ts";
import { type EncodedRange, EncodedRangeMethod } from "./kv/encoded_range.ts";
import { fetchPage, nextSize, type Page } from "./kv/pages.ts";
import { rangeRequest, type ReadOptions } from "./kv/read_options.ts";
import { type CallOptions, flag, wholeNumber } from "./options.ts";
import type { Scope } from "./scope.ts";

/** How far an iteration has come. */
export interface EntriesProgress {
  /** Keys handed out so far. */
  readonly seen: number;
  /** Keys in the whole range, whatever the limit and the revision filters. */
  readonly total: number;
}

/** How to read a range page by page. */
export interface EntriesOptions extends ReadOptions {
  /**
   * Keys in all, not in a page; 0 for all.
   *
   * @default {0}
   */
  readonly limit?: number;
  /**
   * Leave the values out. (etcd 3.7 then leaves the lease out too: it shows as `0n`.)
   *
   * @default {false}
   */
  readonly keysOnly?: boolean;
  /**
   * Keys of the first page; later pages adapt to the sizes of what was read.
   *
   * @default {32}
   */
  readonly pageSize?: number;
  /** Called when a page has been handed out. What it throws ends the iteration. */
  readonly onPage?: (progress: EntriesProgress) => void;
}

/** The keys of a range, in their order; to be iterated once. */
export interface Entries<V> extends AsyncIterable<KeyValue<V>> {
  /** The revision that all of it is read at; known once the first page is there. Asking for it reads that page. */
  readonly revision: Promise<bigint>;
}

/** What a page should take in memory, in bytes. */
const PAGE_BYTES = 1024 * 1024;

/** Few, since nothing is known of the sizes at first, and values can have a mebibyte each. */
const FIRST_PAGE_SIZE = 32;

/**
 * Reads a range page by page; at most one page is fetched ahead.
 *
 * @returns The iteration. Misuse and failures reject it, and `revision` with it.
 */
export function entries<V>(
  scope: Scope<V>,
  selector: Selector,
  options: EntriesOptions & CallOptions = {},
): Entries<V | null> {
  return new PagedEntries(scope, selector, options);
}

/** States: unread; read, once a first page is under way or there; left, when the one iteration has ended. */
class PagedEntries<V> implements Entries<V | null> {
  readonly #scope: Scope<V>;
  /** What is read, as it was when it was asked for; rejects where the selector is misused. */
  readonly #span: Promise<Span>;
  readonly #options: EntriesOptions & CallOptions;
  readonly #left = new AbortController();
  #first: Promise<Page> | undefined;
  #iterated = false;

  constructor(scope: Scope<V>, selector: Selector, options: EntriesOptions & CallOptions) {
    this.#scope = scope;
    this.#span = quiet(new Promise((resolve) => resolve(spanOf(selector))));
    this.#options = { ...options };
  }

  get revision(): Promise<bigint> {
    return quiet(this.#firstPage().then((page) => page.revision));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeyValue<V | null>, void, undefined> {
    if (this.#iterated) throw new TypeError("Cannot iterate the entries again: they are read once");
    this.#iterated = true;
    const { signal, onPage } = this.#options;
    let next: Promise<Page> | undefined = this.#firstPage();
    try {
      const total = Number((await next).range.count);
      for (let seen = 0; next !== undefined;) {
        const page: Page = await next;
        const { range } = page;
        next = this.#pageAfter(page, seen + range.length);
        for (let i = 0; i < range.length; i++) {
          yield this.#toEntry(range.at(i));
          signal?.throwIfAborted();
        }
        this.#release(range);
        seen += range.length;
        onPage?.({ seen, total });
      }
    } finally {
      this.#left.abort();
      await next?.catch(() => {});
    }
  }

  #toEntry(message: KeyValueMessage): KeyValue<V | null> {
    const { keys, codec } = this.#scope;
    return this.#options.keysOnly ? toKeyOnly(message, keys) : toKeyValue(message, keys, codec);
  }

  /** Middleware sees the answer too, and may still look at it. */
  #release(range: EncodedRange): void {
    if (this.#scope.rpc.options.middleware.length === 0) range.release();
  }

  #firstPage(): Promise<Page> {
    this.#first ??= quiet(this.#readFirstPage());
    return this.#first;
  }

  async #readFirstPage(): Promise<Page> {
    const { limit = 0, keysOnly, pageSize = FIRST_PAGE_SIZE } = this.#options;
    const span = await this.#span;
    const unsorted = { ...this.#options, sortBy: undefined, order: undefined };
    const part = flag(keysOnly, "keysOnly") ? "keys" : "entries";
    const request = rangeRequest(this.#scope.keys, span, unsorted, part);
    const size = atMost(limit, wholeNumber(pageSize, "pageSize", 1));
    return await this.#fetch({ ...request, limit: BigInt(size) });
  }

  /** The page after one, fetched from now on; undefined if that was the last. */
  #pageAfter(page: Page, seen: number): Promise<Page> | undefined {
    const { limit = 0 } = this.#options;
    if (page.next === undefined || seen === limit) return undefined;
    const bytes = Math.min(PAGE_BYTES, this.#scope.rpc.options.maxReceiveBytes / 2);
    const size = atMost(limit === 0 ? 0 : limit - seen, nextSize(page, bytes));
    return quiet(this.#fetch({ ...page.next, limit: BigInt(size) }));
  }

  async #fetch(request: RangeRequest): Promise<Page> {
    this.#scope.resources.assertOpen("read entries");
    const { signal, timeout } = this.#options;
    signal?.throwIfAborted();
    const onAbort = () => this.#left.abort(signal?.reason);
    signal?.addEventListener("abort", onAbort);
    const requireLeader = request.serializable ? false : undefined;
    const call = { signal: this.#left.signal, timeout, idempotent: true, requireLeader };
    try {
      return await fetchPage(request, (one) => this.#scope.rpc.unary(EncodedRangeMethod, one, call));
    } finally {
      signal?.removeEventListener("abort", onAbort);
    }
  }
}

/** The size of a page where so many keys are left to read; 0 for no limit. */
function atMost(left: number, size: number): number {
  return left === 0 ? size : Math.min(left, size);
}

/** A promise whose rejection nobody needs to handle. */
function quiet<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}
