/**
 * The `grpc-timeout` header.
 *
 * @module
 */

/** Largest number of any unit: eight digits. */
const MAX_DIGITS = 99_999_999;

/**
 * Writes a timeout: at most eight digits and a unit, rounded up.
 *
 * @param milliseconds Positive.
 * @returns Such as `"10000m"`.
 */
export function encodeTimeout(milliseconds: number): string {
  const ms = Math.ceil(milliseconds);
  if (ms <= MAX_DIGITS) return `${ms}m`;
  const seconds = Math.ceil(ms / 1_000);
  return seconds <= MAX_DIGITS ? `${seconds}S` : `${Math.min(Math.ceil(seconds / 3_600), MAX_DIGITS)}H`;
}
