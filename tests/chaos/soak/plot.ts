/**
 * A soak as a drawing: memory and latency over time, and the faults below them.
 *
 * @module
 */

import { drawPage } from "../../../tools/svg/page.ts";
import { text } from "../../../tools/svg/xml.ts";
import type { Mark } from "./injector.ts";
import type { Course } from "./report.ts";

const WIDTH = 1_000;
const LEFT = 150;
const RIGHT = 48;
const HEADING = 64;
const PANEL = 150;
const GAP = 44;
const LANE = 14;
const FOOTER = 40;

const STYLE = {
  light: `
  .axis { stroke: #8c959f; stroke-dasharray: 2 3; }
  .raw, .p99, .heap, .p50 { fill: none; stroke-width: 1.2; }
  .raw { stroke: #b6bec7; }
  .heap, .p50 { stroke: #0969da; stroke-width: 1.8; }
  .p99 { stroke: #cf222e; }
  .fault { fill: #cf222e; }
  .shade { fill: #cf222e; opacity: 0.07; }`,
  dark: `
    .axis { stroke: #6e7681; }
    .raw { stroke: #454c56; }
    .heap, .p50 { stroke: #4493f8; }
    .p99, .fault { stroke: #ff7b72; }
    .shade { fill: #ff7b72; }`,
};

/** A point; null where a line has a gap. */
type Point = readonly [at: number, value: number | null];

/** A panel with lines over time. */
interface Panel {
  readonly title: string;
  readonly unit: string;
  readonly lines: readonly { readonly kind: string; readonly points: readonly Point[] }[];
  /** Where a value stands, from 0 (bottom) to 1. */
  readonly scale: (value: number) => number;
  readonly ticks: readonly number[];
}

/** Draws a course as SVG. */
export function plot(course: Course, title: string): string {
  const { started, samples, marks } = course;
  const ended = Math.max(started + 1_000, ...samples.map(({ at }) => at), ...marks.map(({ to }) => to));
  const x = (at: number) => LEFT + (at - started) / (ended - started) * (WIDTH - LEFT - RIGHT);
  const panels = [memoryPanel(course), latencyPanel(course)];
  const names = [...new Set(marks.map(({ name }) => name))].sort();
  const lanes = HEADING + panels.length * (PANEL + GAP);
  const height = lanes + names.length * LANE + FOOTER;
  return drawPage({
    width: WIDTH,
    height,
    label: `Memory and latency of a soak over ${minutes(ended - started)} min, with ${marks.length} faults`,
    style: STYLE,
    parts: [
      text(24, 34, "heading", title),
      ...marks.map(({ from, to }) =>
        box("shade", x(from), HEADING - 10, x(to) - x(from), lanes - HEADING - GAP / 2)
      ),
      ...panels.map((panel, i) => drawPanel(panel, HEADING + i * (PANEL + GAP), x)),
      ...names.map((name, i) => drawLane(name, marks, lanes + i * LANE, x)),
      ...drawTimes(started, ended, height - 14, x),
    ],
  });
}

function memoryPanel({ samples, memory }: Course): Panel {
  const mb = (bytes: number) => bytes / 1e6;
  const top = Math.max(1, ...samples.map(({ heap }) => mb(heap)), ...memory.map(({ heap }) => mb(heap))) *
    1.1;
  return {
    title: "Heap: grey as it is, blue after a collection",
    unit: "MB",
    lines: [
      { kind: "raw", points: samples.map(({ at, heap }) => [at, mb(heap)]) },
      { kind: "heap", points: memory.map(({ at, heap }) => [at, mb(heap)]) },
    ],
    scale: (value) => value / top,
    ticks: ticksUpTo(top),
  };
}

/** From 0 on, in steps that read well: of 1, 2 or 5 times a power of ten. */
function ticksUpTo(top: number): number[] {
  const power = 10 ** Math.floor(Math.log10(top / 3));
  const step = [5, 2, 1].map((factor) => factor * power).find((one) => top / one >= 3) ?? power;
  return Array.from({ length: Math.floor(top / step) + 1 }, (_, i) => i * step);
}

/** On a logarithmic scale, as faults take a thousand times as long as calls. */
function latencyPanel({ samples }: Course): Panel {
  const [low, high] = [0.3, 12_000]; // milliseconds
  const span = Math.log(high / low);
  return {
    title: "Latency of calls, each second: blue p50, red p99",
    unit: "ms",
    lines: [
      { kind: "p99", points: samples.map(({ at, p99 }) => [at, p99]) },
      { kind: "p50", points: samples.map(({ at, p50 }) => [at, p50]) },
    ],
    scale: (value) => Math.log(Math.min(high, Math.max(low, value)) / low) / span,
    ticks: [1, 10, 100, 1_000, 10_000],
  };
}

function drawPanel(panel: Panel, y: number, x: (at: number) => number): string {
  const place = (value: number) => y + PANEL - panel.scale(value) * PANEL;
  return [
    text(LEFT, y - 6, "title", panel.title),
    ...panel.ticks.flatMap((tick) => [
      `<line class="axis" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${place(tick).toFixed(1)}" y2="${
        place(tick).toFixed(1)
      }"/>`,
      text(LEFT - 70, place(tick) + 4, "faint", `${tick.toLocaleString("en")} ${panel.unit}`),
    ]),
    ...panel.lines.map(({ kind, points }) => `<path class="${kind}" d="${pathOf(points, x, place)}"/>`),
  ].join("\n");
}

function pathOf(points: readonly Point[], x: (at: number) => number, y: (value: number) => number): string {
  let command = "M";
  return points.flatMap(([at, value]) => {
    const before = command;
    command = value === null ? "M" : "L";
    return value === null ? [] : [`${before}${x(at).toFixed(1)} ${y(value).toFixed(1)}`];
  }).join("");
}

function drawLane(name: string, marks: readonly Mark[], y: number, x: (at: number) => number): string {
  return [
    text(24, y + 10, "faint", name),
    ...marks.filter((mark) => mark.name === name)
      .map(({ from, to }) => box("fault", x(from), y + 2, Math.max(2, x(to) - x(from)), LANE - 4)),
  ].join("\n");
}

function drawTimes(from: number, to: number, y: number, x: (at: number) => number): string[] {
  const step = Math.max(1, Math.ceil((to - from) / 60_000 / 10)) * 60_000;
  const times: string[] = [];
  for (let at = from; at <= to; at += step) times.push(text(x(at), y, "faint", `${minutes(at - from)} min`));
  return times;
}

function minutes(milliseconds: number): number {
  return Math.round(milliseconds / 60_000);
}

function box(kind: string, x: number, y: number, width: number, height: number): string {
  const [left, top] = [x.toFixed(1), y.toFixed(1)];
  return `<rect class="${kind}" x="${left}" y="${top}" width="${width.toFixed(1)}" height="${
    height.toFixed(1)
  }"/>`;
}
