/**
 * Keys, ranges of keys, and the namespaces they live in.
 *
 * @module
 */

import { compareBytes, concat, encodeText } from "./bytes.ts";

/** A key: text, sent as UTF-8, or bytes. */
export type Key = string | Uint8Array;

/**
 * A range of keys: one of three forms, never mixed.
 *
 * - `{ prefix }`: exactly the keys that begin with it; the empty prefix means every key.
 * - `{ start, end }`: the keys from `start` to before `end`, in the order of their bytes; none where both are
 *   equal. Without `end` (or with `"\0"`, etcd's own way of saying so), every key from `start` on.
 * - `{ all: true }`: every key, in a namespace every key of it.
 */
export type KeyRange =
  | { readonly prefix: Key; readonly start?: never; readonly end?: never; readonly all?: never }
  | { readonly start: Key; readonly end?: Key; readonly prefix?: never; readonly all?: never }
  | { readonly all: true; readonly prefix?: never; readonly start?: never; readonly end?: never };

/** One key, or a range of keys. */
export type Selector = Key | KeyRange;

/** A range as etcd takes it: no `rangeEnd` is one key, `\0` is everything from `key` on. */
export interface Span {
  readonly key: Uint8Array;
  readonly rangeEnd: Uint8Array;
}

const NONE = new Uint8Array(0);
const ZERO = new Uint8Array(1);

/**
 * The bytes of a key.
 *
 * @param key Text or bytes; bytes are copied, so that a caller may reuse the array.
 * @param what What the key is, for the message.
 * @throws {TypeError} If it is neither text nor bytes, or text with an unpaired surrogate.
 */
export function keyBytes(key: Key, what = "key"): Uint8Array {
  if (key instanceof Uint8Array) return new Uint8Array(key);
  if (typeof key !== "string") {
    throw new TypeError(`Cannot use the ${what}: expected a string or a Uint8Array, got ${typeof key}`);
  }
  if (!key.isWellFormed()) {
    throw new TypeError(`Cannot use the ${what}: it has an unpaired surrogate, which UTF-8 cannot carry`);
  }
  return encodeText(key);
}

/**
 * The end of the range of all keys with a prefix: the last byte below 0xff is incremented and what follows
 * is cut; where there is none, the range has no end.
 *
 * @param prefix The bytes that all keys begin with.
 * @returns The first key after them; `\0`, which is etcd's "no end", if there is none.
 */
export function prefixEnd(prefix: Uint8Array): Uint8Array {
  for (let i = prefix.length - 1; i >= 0; i--) {
    if (prefix[i] === 0xff) continue;
    const end = prefix.slice(0, i + 1);
    end[i]++;
    return end;
  }
  return ZERO.slice();
}

/** Whether a span is one key only. */
export function isSingle(span: Span): boolean {
  return span.rangeEnd.length === 0;
}

function isUnbounded(rangeEnd: Uint8Array): boolean {
  return rangeEnd.length === 1 && rangeEnd[0] === 0;
}

/** The span of one key; an empty one is refused. */
export function singleSpan(key: Key): Span {
  const bytes = keyBytes(key);
  if (bytes.length === 0) {
    throw new TypeError(
      "Cannot use the key: it is empty; an empty prefix, or { all: true }, means every key",
    );
  }
  return { key: bytes, rangeEnd: NONE };
}

/** The span of all keys with a prefix. */
export function prefixSpan(prefix: Key): Span {
  const bytes = keyBytes(prefix, "prefix");
  return { key: bytes.length === 0 ? ZERO.slice() : bytes, rangeEnd: prefixEnd(bytes) };
}

/**
 * The span from `start` to before `end`; without `end`, to the last key.
 *
 * @throws {RangeError} If `start` lies after `end`, or `end` is empty.
 */
export function rangeSpan(start: Key, end?: Key): Span {
  const key = keyBytes(start, "start of the range");
  const first = key.length === 0 ? ZERO.slice() : key;
  if (end === undefined) return { key: first, rangeEnd: ZERO.slice() };
  const rangeEnd = keyBytes(end, "end of the range");
  if (isUnbounded(rangeEnd)) return { key: first, rangeEnd };
  if (rangeEnd.length === 0 || compareBytes(key, rangeEnd) > 0) {
    throw new RangeError("Cannot use the range: its start lies after its end");
  }
  return { key: first, rangeEnd };
}

/**
 * The span of two keys; unlike in a selector, both must be given.
 *
 * @throws {TypeError} If `end` is undefined.
 * @throws {RangeError} If `start` lies after `end`, or `end` is empty.
 */
export function between(start: Key, end: Key): Span {
  if (end === undefined) {
    throw new TypeError("Cannot use the range: its end is undefined; use { start } for a range without end");
  }
  return rangeSpan(start, end);
}

/**
 * The span that a selector means.
 *
 * @throws {TypeError} If it has none of the three forms, or mixes them.
 * @throws {RangeError} If its start lies after its end.
 */
export function spanOf(selector: Selector): Span {
  if (typeof selector === "string" || selector instanceof Uint8Array) return singleSpan(selector);
  if (typeof selector !== "object" || selector === null) {
    throw new TypeError(`Cannot use the selector: expected a key or a range, got ${typeof selector}`);
  }
  const forms = ["prefix", "start", "all"].filter((form) => Object.hasOwn(selector, form));
  const strayEnd = Object.hasOwn(selector, "end") && forms[0] !== "start";
  if (forms.length !== 1 || strayEnd) {
    throw new TypeError(
      "Cannot use the range: expected one of { prefix }, { start, end? } and { all: true }",
    );
  }
  if (selector.prefix !== undefined) return prefixSpan(selector.prefix);
  if (selector.start !== undefined) return startSpan(selector);
  if (selector.all === true) return prefixSpan("");
  throw new TypeError(`Cannot use the range: its ${forms[0]} is ${String(Reflect.get(selector, forms[0]))}`);
}

function startSpan(selector: { readonly start: Key; readonly end?: Key }): Span {
  if (Object.hasOwn(selector, "end") && selector.end === undefined) {
    throw new TypeError("Cannot use the range: its end is undefined; leave it out for a range without end");
  }
  return rangeSpan(selector.start, selector.end);
}

/** A range is empty when it ends where it starts; etcd would read such a request as one about nothing. */
export function isEmpty(span: Span): boolean {
  return !isSingle(span) && !isUnbounded(span.rangeEnd) && compareBytes(span.key, span.rangeEnd) >= 0;
}

/** Whether a span covers a key. */
export function covers(span: Span, key: Uint8Array): boolean {
  if (isSingle(span)) return compareBytes(span.key, key) === 0;
  return compareBytes(span.key, key) <= 0 &&
    (isUnbounded(span.rangeEnd) || compareBytes(key, span.rangeEnd) < 0);
}

/**
 * The keys below one prefix, seen without it. Nothing that goes through it reaches a key outside, and what
 * comes back has the prefix taken off.
 */
export class Keyspace {
  /** The keyspace of a client without a namespace. */
  static readonly root: Keyspace = new Keyspace(NONE);

  readonly #prefix: Uint8Array;

  private constructor(prefix: Uint8Array) {
    this.#prefix = prefix;
  }

  /** The keyspace of the keys below `prefix` in this one. */
  below(prefix: Key): Keyspace {
    return new Keyspace(concat(this.#prefix, keyBytes(prefix, "namespace")));
  }

  /** How many bytes the keys below are shorter than they really are. */
  get prefixLength(): number {
    return this.#prefix.length;
  }

  /** The whole key of one inside. */
  absolute(key: Uint8Array): Uint8Array {
    return this.#prefix.length === 0 ? key : concat(this.#prefix, key);
  }

  /** The whole span of one inside; "no end" becomes the end of the namespace. */
  absoluteSpan(span: Span): Span {
    if (this.#prefix.length === 0) return span;
    if (isSingle(span)) return { key: this.absolute(span.key), rangeEnd: NONE };
    return {
      key: this.absolute(span.key),
      rangeEnd: isUnbounded(span.rangeEnd) ? prefixEnd(this.#prefix) : this.absolute(span.rangeEnd),
    };
  }

  /** A key from the server as it is seen inside. */
  relative(key: Uint8Array): Uint8Array {
    return this.#prefix.length === 0 ? key : key.subarray(this.#prefix.length);
  }
}
