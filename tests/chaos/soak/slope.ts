/**
 * How fast something grows, and how sure that is.
 *
 * @module
 */

/** A line through points, by least squares. */
export interface Slope {
  /** What is gained by one unit of x. */
  readonly value: number;
  /** Its standard error. */
  readonly error: number;
}

/** The slope of points; undefined where these are fewer than 3, which say nothing of its error. */
export function slopeOf(points: readonly (readonly [x: number, y: number])[]): Slope | undefined {
  const n = points.length;
  if (n < 3) return undefined;
  const mean = (at: 0 | 1) => points.reduce((sum, point) => sum + point[at], 0) / n;
  const [x, y] = [mean(0), mean(1)];
  const spread = points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  if (spread === 0) return undefined;
  const value = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0) / spread;
  const rest = points.reduce((sum, point) => sum + (point[1] - y - value * (point[0] - x)) ** 2, 0);
  return { value, error: Math.sqrt(rest / (n - 2) / spread) };
}
