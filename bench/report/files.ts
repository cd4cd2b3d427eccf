/**
 * Where reports go.
 *
 * @module
 */

import { FOLDER } from "../prepare/folder.ts";
import { draw } from "./draw.ts";
import { printReport } from "./print.ts";
import { writeReadme } from "./readme.ts";
import type { Report } from "./report.ts";

const LAST = `${FOLDER}/last.json`;

/** What the README shows; a part of the measures, or of the contenders, does not replace it. */
const SHOWN = "docs/bench";

/** The last run. */
export async function lastReport(): Promise<Report> {
  return JSON.parse(await Deno.readTextFile(LAST));
}

/** Prints a report, and writes it as text and as a drawing. */
export async function publish(report: Report): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(LAST, JSON.stringify(report));
  const text = printReport(report);
  console.log(text);
  const folder = report.whole ? SHOWN : FOLDER;
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/figures.txt`, text);
  await Deno.writeTextFile(`${folder}/figures.svg`, draw(report));
  if (report.whole) await writeReadme(report);
  console.log(
    `written: ${folder}/figures.txt and figures.svg${report.whole ? ", and the README's table" : ""}`,
  );
}
