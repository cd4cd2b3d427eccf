/**
 * One panel of the drawing.
 *
 * @module
 */

import { GO, OURS, OURS_OVER_GRPC_JS } from "../contenders.ts";
import { ratio, withUnit } from "./format.ts";
import { runtimeName } from "./print.ts";
import type { Quantity } from "./quantities.ts";
import type { Row, Table } from "./report.ts";
import { TARGETS } from "./targets.ts";
import { text } from "../../tools/svg/xml.ts";

/** What a panel shows. */
export interface PanelPlan {
  readonly measure: string;
  readonly quantity: Quantity;
  readonly title: string;
}

export const PANEL_WIDTH = 416;
const TITLE_HEIGHT = 42;
const ROW_HEIGHT = 16;
const BAR_HEIGHT = 11;
const LABELS_WIDTH = 132;
const VALUES_WIDTH = 112;
const BARS_WIDTH = PANEL_WIDTH - LABELS_WIDTH - VALUES_WIDTH;
const OWN_ROWS = 3;

/** How high the panel of a table is. */
export function panelHeight(table: Table): number {
  return TITLE_HEIGHT + shown(table).length * ROW_HEIGHT;
}

/** Draws a panel with its upper left corner there. */
export function drawPanel(plan: PanelPlan, table: Table, x: number, y: number): string {
  const rows = shown(table);
  const { quantity } = plan;
  const go = rows.find(({ name }) => name === GO)?.figures[quantity] ?? null;
  const limit = limitToGo(plan);
  const target = go === null || limit === undefined ? null : go * limit;
  const largest = Math.max(target ?? 0, ...rows.map(({ figures }) => figures[quantity] ?? 0));
  const place: Place = { x, y: y + TITLE_HEIGHT, scale: BARS_WIDTH / largest, quantity };
  const better = quantity === "speed" ? "more is better" : "less is better";
  return [
    text(x, y + 12, "title", plan.title),
    text(x, y + 28, "faint", target === null ? better : `${better}; target ${limit} × the Go client`),
    ...rows.map((row, i) => drawBar(row, i, place)),
    go === null ? "" : rule("rule", go, rows.length, place),
    target === null ? "" : rule("target", target, OWN_ROWS, place),
    ...rows.map((row, i) => drawWords(row, i, place)),
  ].filter((part) => part !== "").join("\n");
}

/** Where rows are, and how long a bar is. */
interface Place {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
  readonly quantity: Quantity;
}

function limitToGo({ measure, quantity }: PanelPlan): number | undefined {
  const target = TARGETS.find((one) =>
    one.measure === measure && one.quantity === quantity && one.rival === GO
  );
  return target?.atMost ?? target?.atLeast;
}

/** Our client over the stock channel stands in the text only. */
function shown({ rows }: Table): readonly Row[] {
  return rows.filter(({ name }) => !name.startsWith(OURS_OVER_GRPC_JS));
}

function drawBar({ name, figures }: Row, index: number, { x, y, scale, quantity }: Place): string {
  const value = figures[quantity];
  if (value === null) return "";
  const kind = isOurs(name) ? "ours" : name === GO ? "go" : "other";
  return `<rect class="${kind}" x="${x + LABELS_WIDTH}" y="${y + index * ROW_HEIGHT}" ` +
    `width="${Math.max(1, value * scale).toFixed(1)}" height="${BAR_HEIGHT}" rx="2"/>`;
}

function drawWords(row: Row, index: number, { x, y, scale, quantity }: Place): string {
  const { name, client, runtime } = row;
  const value = row.figures[quantity];
  const toGo = row.toGo[quantity];
  const label = runtime === null ? client : `${client}, ${runtimeName(runtime)}`;
  const words = withUnit(quantity, value) + (toGo === null || name === GO ? "" : ` · ${ratio(toGo)}×`);
  const baseline = y + index * ROW_HEIGHT + BAR_HEIGHT - 1;
  const kind = isOurs(name) ? "own" : "faint";
  return [
    text(x, baseline, isOurs(name) ? "own" : "", label),
    text(x + LABELS_WIDTH + (value ?? 0) * scale + 6, baseline, `value ${kind}`, words),
  ].join("\n");
}

function isOurs(name: string): boolean {
  return name.startsWith(`${OURS}.`);
}

function rule(kind: string, value: number, rows: number, { x, y, scale }: Place): string {
  const at = (x + LABELS_WIDTH + value * scale).toFixed(1);
  return `<line class="${kind}" x1="${at}" x2="${at}" y1="${y - 4}" y2="${y + rows * ROW_HEIGHT - 1}"/>`;
}
