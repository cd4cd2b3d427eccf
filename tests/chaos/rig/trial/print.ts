/**
 * Figures for a reader.
 *
 * @module
 */

import type { Figure, RowReport } from "./row.ts";

/** A value with its unit. */
export function quantity({ value, unit }: Pick<Figure, "value" | "unit">): string {
  return `${Number(value.toFixed(1))}${unit && ` ${unit}`}`;
}

/** A figure beside what is promised. */
export function figureText(figure: Figure): string {
  const { name, unit, limit } = figure;
  const promised = limit === undefined ? "" : ` (promised: ${quantity({ value: limit, unit })})`;
  return `${name}: ${quantity(figure)}${promised}`;
}

/** All figures of a report on lines of their own. */
export function reportText({ figures, gates }: RowReport): string {
  return [...figures, ...gates].map((figure) => `  ${figureText(figure)}`).join("\n");
}
