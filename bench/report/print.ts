/**
 * A report as text.
 *
 * @module
 */

import type { Finding } from "../limits.ts";
import { GO, NICE_GRPC, OURS } from "../contenders.ts";
import { ratio, withUnit } from "./format.ts";
import type { JudgedTarget, Report, Row, Table } from "./report.ts";
import type { Reached } from "./targets.ts";

const RIVALS: Readonly<Record<string, string>> = { [GO]: "Go client", [NICE_GRPC]: "nice-grpc" };
const RUNTIME_NAMES: Readonly<Record<string, string>> = { deno: "Deno", bun: "Bun", node: "Node" };

/** All of it: ratios first, then the figures. */
export function printReport(report: Report): string {
  const { targets, findings, tables, notes } = report;
  const parts = [
    heading(report),
    targets.length > 0 ? printTargets(report, targets) : "",
    findings.length > 0 ? printFindings(findings) : "",
    ...tables.map(printTable),
    notes.length > 0 ? ["Notes", ...notes.map((note) => `  ${note}`)].join("\n") : "",
  ];
  return parts.filter((part) => part !== "").join("\n\n") + "\n";
}

/** The columns of the ratios. */
export function runtimeName(runtime: string | null): string {
  return runtime === null ? "" : RUNTIME_NAMES[runtime];
}

/** Whom a target compares to. */
export function rivalName(rival: string): string {
  return RIVALS[rival] ?? rival;
}

/** What a target asks for. */
export function limitOf({ target: { atMost, atLeast } }: JudgedTarget): string {
  return atMost !== undefined ? `≤ ${atMost}` : `≥ ${atLeast}`;
}

function heading({ taken, command, machine, rounds, seconds }: Report): string {
  return [
    `${command}`,
    `${taken.slice(0, 16).replace("T", " ")} UTC, ${rounds} rounds, turns of ${seconds} s`,
    `${machine.hardware}; ${machine.system}`,
    `load before and after: ${machine.load.map((load) => load.toFixed(1)).join(" and ")}`,
    ...inLines(machine.versions, 108),
  ].join("\n");
}

function printTargets({ rounds }: Report, targets: readonly JudgedTarget[]): string {
  const header = line(`Ours by theirs, median of ${rounds} rounds`, "by", "target", "Deno", "Bun", "Node");
  return [header, ...targets.map(printTarget)].join("\n");
}

function printTarget(judged: JudgedTarget): string {
  const { target: { title, rival }, reached } = judged;
  return line(`  ${title}`, rivalName(rival), limitOf(judged), ...reached.map(cell));
}

function cell({ ratio: value, met }: Reached): string {
  return value === null ? "–  " : `${ratio(value)} ${met ? "✓" : "✗"}`;
}

function line(title: string, rival: string, target: string, ...cells: string[]): string {
  return title.padEnd(42) + rival.padEnd(12) + target.padEnd(8) +
    cells.map((one) => one.padStart(9)).join("");
}

function printFindings(findings: readonly Finding[]): string {
  const lines = [...Map.groupBy(findings, ({ title }) => title)].flatMap(([title, group]) => [
    `${title} (${group[0].limit})`,
    ...group.map(({ name, found, met }) => {
      return `  ${runtimeName(name.slice(OURS.length + 1)).padEnd(6)}${met ? "✓" : "✗"} ${found}`;
    }),
  ]);
  return lines.join("\n");
}

function printTable({ title, per, latency, rows }: Table): string {
  const first = latency ? "time" : "speed";
  const header = row(
    title,
    latency ? `per ${per}` : `${per}s`,
    "CPU",
    latency ? "time / Go" : "speed / Go",
    "CPU / Go",
  );
  return [
    header,
    ...rows.map(({ client, runtime, figures, toGo }: Row) =>
      row(
        `  ${client}${runtime === null ? "" : `, ${runtimeName(runtime)}`}`,
        withUnit(first, figures[first]),
        withUnit("cpu", figures.cpu),
        ratio(toGo[first]),
        ratio(toGo.cpu),
      )
    ),
  ].join("\n");
}

function row(title: string, ...cells: string[]): string {
  return title.padEnd(48) + cells.map((one) => one.padStart(12)).join("");
}

function inLines(words: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length + 2 > width) lines.push(word);
    else lines[lines.length - 1] = `${last}, ${word}`;
  }
  return lines;
}
