/**
 * Values on one line, as the README of etcetra for Python shows them, and the same on every runtime.
 *
 * @module
 */

/** Texts in quotes, arrays as `[a, b]`, maps as `{key: value}`. */
export function show(value: unknown): string {
  if (typeof value === "string") return `'${value}'`;
  if (Array.isArray(value)) return `[${value.map(show).join(", ")}]`;
  if (!(value instanceof Map)) return String(value);
  return `{${Array.from(value, ([key, one]) => `${show(key)}: ${show(one)}`).join(", ")}}`;
}
