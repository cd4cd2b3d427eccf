/**
 * Results and errors as plain data, since `JSON.stringify` throws on their 64-bit numbers.
 *
 * @module
 */

/** Data that `JSON.stringify` takes: 64-bit numbers become decimal strings. */
export function toPlain(value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (Array.isArray(value)) return value.map(toPlain);
  if (value instanceof Map) return Object.fromEntries([...value].map(([k, v]) => [k, toPlain(v)]));
  if (value === null || typeof value !== "object" || value instanceof Uint8Array) return value;
  if ("toJSON" in value && typeof value.toJSON === "function") return value.toJSON();
  return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, toPlain(v)]));
}

function plainSelf(this: object): unknown {
  return toPlain(Array.isArray(this) ? [...this] : { ...this });
}

/** Gives a result a `toJSON()`, invisible to iteration and to comparisons, since its revisions are `bigint`. */
export function jsonable<T extends object>(result: T): T {
  return Object.defineProperty(result, "toJSON", { value: plainSelf });
}

/** Anything as text, also what refuses to become it. */
export function toText(value: unknown): string {
  try {
    return String(value);
  } catch {
    return `(${typeof value})`;
  }
}
