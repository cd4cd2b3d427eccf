/**
 * Large values are kept once, whoever wrote them down.
 *
 * @module
 */

/** Characters from which on a value is large, and how many of the newest are known. */
const LARGE = 1_000;
const NEWEST = 20;
const known = new Map<string, string>();

/** The same value; for a large one that is known, the text that is there already. */
export function once(value: string): string {
  if (value.length < LARGE) return value;
  const before = known.get(value);
  if (before !== undefined) return before;
  known.set(value, value);
  if (known.size > NEWEST) known.delete(known.keys().next().value!);
  return value;
}
