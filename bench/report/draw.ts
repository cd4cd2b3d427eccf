/**
 * A report as a drawing: one panel a measure, one bar a client.
 *
 * @module
 */

import { drawPanel, PANEL_WIDTH, panelHeight, type PanelPlan } from "./panel.ts";
import type { Report } from "./report.ts";
import { drawPage } from "../../tools/svg/page.ts";
import { text } from "../../tools/svg/xml.ts";

const PANELS: readonly PanelPlan[] = [
  { measure: "get-64", quantity: "speed", title: "Gets per second, 64 in flight" },
  { measure: "get-64", quantity: "cpu", title: "Client CPU per get, 64 in flight" },
  { measure: "get-256", quantity: "speed", title: "Gets per second, 256 in flight" },
  { measure: "put-64", quantity: "speed", title: "Puts per second, 64 in flight" },
  { measure: "get-1", quantity: "time", title: "Median latency of a get, one at a time" },
  { measure: "watch", quantity: "cpu", title: "Client CPU per event of a watch" },
  { measure: "range", quantity: "time", title: "Range of 10,000 keys of 256 bytes" },
  { measure: "cold", quantity: "time", title: "First get of a cold script, over an empty one" },
];

const MARGIN = 24;
const GAP = 32;
const HEADING = 44;
const FOOTER = 30;
const COLUMNS = 2;

const STYLE = {
  light: `
  .own { font-weight: 600; }
  .value { paint-order: stroke; stroke: #ffffff; stroke-width: 3px; }
  .ours { fill: #0969da; }
  .go { fill: #6e7781; }
  .other { fill: #b6bec7; }
  .rule { stroke: #8c959f; stroke-dasharray: 2 3; }
  .target { stroke: #cf222e; stroke-width: 2; }`,
  dark: `
    .value { stroke: #0d1117; }
    .ours { fill: #4493f8; }
    .go { fill: #9198a1; }
    .other { fill: #454c56; }
    .rule { stroke: #6e7681; }
    .target { stroke: #ff7b72; }`,
};

const LABEL = "Bars of speed, CPU and latency of etcd clients; the same figures stand in figures.txt";

/** Draws a report as SVG. */
export function draw(report: Report): string {
  const panels = PANELS.flatMap((plan) => {
    const table = report.tables.find(({ name }) => name === plan.measure);
    return table === undefined ? [] : [{ plan, table }];
  });
  const width = 2 * MARGIN + COLUMNS * PANEL_WIDTH + (COLUMNS - 1) * GAP;
  const parts: string[] = [];
  let y = HEADING + MARGIN;
  for (let i = 0; i < panels.length; i += COLUMNS) {
    const row = panels.slice(i, i + COLUMNS);
    for (const [column, { plan, table }] of row.entries()) {
      parts.push(drawPanel(plan, table, MARGIN + column * (PANEL_WIDTH + GAP), y));
    }
    y += Math.max(...row.map(({ table }) => panelHeight(table))) + GAP;
  }
  const height = y + FOOTER - GAP / 2;
  const drawn = [
    text(MARGIN, MARGIN + 12, "heading", "@etcetra/etcd beside other clients, on the same etcd"),
    text(MARGIN, MARGIN + 30, "faint", subtitle(report)),
    ...parts,
    text(MARGIN, height - 16, "faint", footer(report)),
  ];
  return drawPage({ width, height, label: LABEL, style: STYLE, parts: drawn });
}

function subtitle({ taken, machine, rounds }: Report): string {
  return `${taken.slice(0, 10)}, ${machine.hardware}; medians of ${rounds} rounds`;
}

function footer({ command, machine }: Report): string {
  return `${command} · ${machine.versions.slice(0, 4).join(", ")} · red: the target, dotted: the Go client`;
}
