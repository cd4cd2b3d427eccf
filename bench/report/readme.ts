/**
 * The README's section of figures, which is written by the bench alone.
 *
 * @module
 */

import { limitOf, rivalName } from "./print.ts";
import { ratio } from "./format.ts";
import type { JudgedTarget, Report } from "./report.ts";
import type { Reached } from "./targets.ts";

const README = "README.md";

/** What stands around the section; the formatter leaves alone what lies between. */
const START = "<!-- deno-fmt-ignore-start -->\n<!-- Written by `deno task bench`. -->\n";
const END = "<!-- deno-fmt-ignore-end -->\n";

/**
 * Puts a report's figures into the README.
 *
 * @throws {Error} If the README has no place for them.
 */
export async function writeReadme(report: Report): Promise<void> {
  const text = await Deno.readTextFile(README);
  const start = text.indexOf(START);
  const end = text.indexOf(END, start);
  if (start < 0 || end < 0) throw new Error(`Cannot write the figures: ${README} has no place for them`);
  const section = [START, ...lines(report), END].join("");
  await Deno.writeTextFile(README, text.slice(0, start) + section + text.slice(end + END.length));
}

function lines({ targets, ...report }: Report): string[] {
  const head = [
    `ours by theirs, median of ${report.rounds} rounds`,
    "theirs",
    "target",
    "Deno",
    "Bun",
    "Node",
  ];
  const rows = targets.map(rowOf);
  return [
    provenance(report),
    "\n",
    line(head),
    line(["---", "---", "---", "--:", "--:", "--:"]),
    ...rows,
    "\n",
  ];
}

function provenance({ taken, command, seconds, machine }: Omit<Report, "targets">): string {
  const when = taken.slice(0, 16).replace("T", " ");
  const [before, after] = machine.load.map((load) => load.toFixed(1));
  return [
    `\nTaken on ${when} UTC by \`${command}\`, in turns of ${seconds} s, on a machine of ${machine.hardware}`,
    `(${machine.system}; load ${before} before and ${after} after): ${machine.versions.join(", ")}.`,
    "Every figure, those of more clients too: [docs/bench/figures.txt](docs/bench/figures.txt).\n",
  ].join("\n");
}

function rowOf(judged: JudgedTarget): string {
  const { target: { title, rival }, reached } = judged;
  return line([title, rivalName(rival), limitOf(judged), ...reached.map(cell)]);
}

function cell({ ratio: value, met }: Reached): string {
  if (value === null) return ratio(value);
  return met ? ratio(value) : `**${ratio(value)}**`;
}

function line(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |\n`;
}
