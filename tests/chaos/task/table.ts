/**
 * The summary, as Markdown: it is printed, and it goes into docs/reliability.md.
 *
 * @module
 */

import { figureText, quantity } from "../rig/trial/print.ts";
import type { Figure } from "../rig/trial/row.ts";
import type { ChaosOptions } from "./options.ts";
import type { Outcome, Tally } from "./tally.ts";

/** What the figures were taken on. */
export interface Surroundings {
  /** `2026-01-31`. */
  readonly date: string;
  readonly machine: string;
  readonly etcd: string;
  readonly runtime: string;
}

/** What was run where, and what became of it. */
export function heading(tally: Tally, options: ChaosOptions, { date, machine, etcd, runtime }: Surroundings) {
  return `${date}, etcd ${etcd}, ${runtime}, on ${machine}: ` +
    `${tally.tries} tries, ${tally.failures.length} failed, by \`${options.command}\`.`;
}

/** The worst figures of each row, each beside the most that is promised. */
export function table(tally: Tally): string {
  const head = ["row", "fault", "worst seen, plaintext", "worst seen, TLS", "tries", "failed"];
  const rows = tally.rows.map(({ row, plaintext, tls, tries, failed }) => [
    String(row.number),
    row.title,
    row.tlsOnly ? "none: it takes TLS" : cell(plaintext),
    cell(tls),
    String(tries),
    String(failed),
  ]);
  return [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.map(escaped).join(" | ")} |`)
    .join("\n");
}

/** What every row has to keep. */
export function gatesText(tally: Tally): string {
  return tally.gates.map((figure) => `- over all rows, at most: ${figureText(figure)}`).join("\n");
}

/** A failure, and how to have it again. */
export function failureText({ row, tls, seed, report }: Outcome, { etcd, runtime }: ChaosOptions): string {
  return [
    `row ${row.number}, ${tls ? "TLS" : "plaintext"}, seed ${seed}: ${report.findings.join("\n  ")}`,
    `  written to ${report.file}: deno task chaos --replay ${report.file}`,
    `  again: deno task chaos --rows ${row.number} --again ${seed} --etcd ${etcd} --runtime ${runtime}`,
  ].join("\n");
}

function cell(figures: readonly Figure[]): string {
  return figures.map((figure) => {
    const { name, unit, limit } = figure;
    return `${name}: ${quantity(figure)} of ${quantity({ value: limit!, unit })}`;
  }).join("; ") || "not tried";
}

function escaped(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("<", "\\<").replaceAll("\n", " ");
}
