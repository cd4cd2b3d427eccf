/**
 * What a soak came to.
 *
 * @module
 */

import type { Figure } from "../rig/trial/row.ts";
import type { Counts, Memory, Sample } from "./client/messages.ts";
import type { Mark } from "./injector.ts";
import type { Leftovers } from "./leftovers.ts";
import { slopeOf } from "./slope.ts";

/** What was measured, from the beginning to the end. */
export interface Course {
  /** Milliseconds since 1970. */
  readonly started: number;
  readonly samples: readonly Sample[];
  readonly memory: readonly Memory[];
  readonly marks: readonly Mark[];
  /** The most connections that clients had at one time. */
  readonly connections: number;
}

/** See the module. */
export interface SoakReport {
  readonly course: Course;
  readonly figures: readonly Figure[];
  readonly counts: Counts;
  /** What was wrong, one sentence each; nothing where all is well. */
  readonly findings: readonly string[];
  /** Histories of failures. */
  readonly files: readonly string[];
}

/** MB an hour that the heap may grow, beyond twice the error of what was measured. */
const MAX_SLOPE = 10;
/** Milliseconds in which code is loaded and compiled, and buffers find their sizes. */
const WARM_UP = 120_000;
/** Milliseconds after it from which on the slope of the heap is judged; what is shorter is noise. */
const ENOUGH = 150_000;

const HOUR = 3_600_000;
const MB = 1e6;

/** How fast memory grows after warm-up. */
export function memoryFigures({ started, memory }: Course): Figure[] {
  const warm = memory.filter(({ at }) => at >= started + WARM_UP);
  const slope = (of: (memory: Memory) => number) => slopeOf(warm.map((one) => [one.at / HOUR, of(one) / MB]));
  const [heap, all] = [slope(({ heap }) => heap), slope(({ rss }) => rss)];
  if (heap === undefined || all === undefined) return [];
  const long = warm.at(-1)!.at - warm[0].at >= ENOUGH;
  const figure = (name: string, value: number) => ({ name, value: Number(value.toFixed(1)), unit: "MB/h" });
  const sure = figure("heap slope, less twice its error", heap.value - 2 * heap.error);
  return [
    long ? { ...sure, limit: MAX_SLOPE } : sure,
    figure("heap slope", heap.value),
    figure("its error", heap.error),
    figure("slope of all memory", all.value),
  ];
}

/** How quick calls were. */
export function latencyFigures({ samples }: Course): Figure[] {
  const middle = (of: (sample: Sample) => number | null) => {
    const values = samples.map(of).filter((value) => value !== null).sort((a, b) => a - b);
    return Number((values[values.length >> 1] ?? 0).toFixed(1));
  };
  return [
    { name: "p50 of calls, in half of the seconds at most", value: middle(({ p50 }) => p50), unit: "ms" },
    { name: "p99 of calls, in half of the seconds at most", value: middle(({ p99 }) => p99), unit: "ms" },
  ];
}

/** What is left when the clients are gone. */
export function leftoverFigures(left: Leftovers): Figure[] {
  return Object.entries(left).map(([what, value]) => ({ name: `${what} left`, value, unit: "", limit: 0 }));
}

/** The figures that are more than they may be. */
export function broken(figures: readonly Figure[]): string[] {
  return figures.filter(({ value, limit }) => limit !== undefined && value > limit)
    .map(({ name, value, unit, limit }) => `${name}: ${value} ${unit}, more than ${limit}`);
}

/** A report as text. */
export function print({ figures, counts, findings, files }: SoakReport): string {
  const lines = figures.map(({ name, value, unit, limit }) =>
    `  ${name.padEnd(48)} ${`${value} ${unit}`.trim().padStart(14)}` +
    (limit === undefined ? "" : `   at most ${limit}`)
  );
  const happened = Object.entries(counts).sort(([a], [b]) => a < b ? -1 : 1)
    .map(([what, count]) => `  ${what.padEnd(48)} ${String(count).padStart(14)}`);
  const ending = findings.length === 0 ? ["nothing was found wrong"] : [
    `${findings.length} findings:`,
    ...findings.map((finding) => `- ${finding}`),
    ...files.map((file) => `history, judged again by: deno task chaos --replay ${file}`),
  ];
  return [...lines, "", ...happened, "", ...ending].join("\n");
}
