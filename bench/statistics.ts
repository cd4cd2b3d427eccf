/**
 * The few statistics that the bench needs.
 *
 * @module
 */

/** The middle one; of an even count the upper of the two. NaN of none. */
export function median(numbers: readonly number[]): number {
  return numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? NaN;
}

/** The median of the ratios of what was measured one after the other in the same rounds; NaN where there is none. */
export function medianRatio(
  ours: readonly (number | undefined)[],
  theirs: readonly (number | undefined)[],
): number {
  const ratios: number[] = [];
  for (const [round, value] of ours.entries()) {
    const other = theirs[round];
    if (value !== undefined && other !== undefined) ratios.push(value / other);
  }
  return median(ratios);
}
