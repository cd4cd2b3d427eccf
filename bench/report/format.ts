/**
 * Numbers as people read them: three digits that count.
 *
 * @module
 */

import type { Quantity } from "./quantities.ts";

const DASH = "–";

/** A number with three digits that count, and commas. */
export function threeDigits(value: number | null): string {
  if (value === null) return DASH;
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toLocaleString("en", {
    minimumFractionDigits: Math.min(decimals, 2),
    maximumFractionDigits: Math.min(decimals, 2),
    maximumSignificantDigits: value >= 1_000 ? 3 : undefined,
  });
}

/** A quantity with its unit. */
export function withUnit(what: Quantity, value: number | null): string {
  if (value === null) return DASH;
  if (what === "speed") return `${threeDigits(value)}/s`;
  if (value < 0.001) return `${threeDigits(value * 1e6)} µs`;
  return value < 1 ? `${threeDigits(value * 1e3)} ms` : `${threeDigits(value)} s`;
}

/** A ratio. */
export function ratio(value: number | null): string {
  return value === null ? DASH : value.toFixed(2);
}
