/**
 * `instanceof` that holds across two installed copies of this package.
 *
 * @module
 */

/** Under this registered symbol an error lists the family it belongs to, so that copies of the package agree. */
const FAMILY = Symbol.for("@etcetra/etcd/error-family");

export type ErrorClass = { readonly kind: string };

/** The kinds of a class and of those it extends, nearest first. */
function kindsOf(constructor: unknown): string[] {
  const kinds: string[] = [];
  for (let c = constructor; typeof c === "function"; c = Object.getPrototypeOf(c)) {
    if (Object.hasOwn(c, "kind")) kinds.push((c as unknown as ErrorClass).kind);
  }
  return kinds;
}

/** `instanceof` by kind rather than by identity: holds for errors made by another installed copy. */
export function belongs(constructor: object, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const prototype = (constructor as { prototype: object }).prototype;
  if (Object.prototype.isPrototypeOf.call(prototype, value)) return true;
  if (!Object.hasOwn(constructor, "kind")) return false;
  const family = (value as Record<symbol, unknown>)[FAMILY];
  return Array.isArray(family) && family.includes((constructor as ErrorClass).kind);
}

/** Gives an error its family, invisible to `Object.keys`. */
export function brand(error: Error, constructor: ErrorClass): void {
  Object.defineProperty(error, FAMILY, { value: kindsOf(constructor) });
}

/** Gives an error the name of its class, invisible to `Object.keys`. */
export function nameAfter(error: Error, constructor: ErrorClass): void {
  Object.defineProperty(error, "name", { value: constructor.kind, configurable: true, writable: true });
}
