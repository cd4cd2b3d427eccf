/**
 * How the tour speaks: a numbered line for each step, and what comes of it below. Colours only on a terminal.
 *
 * @module
 */

import process from "node:process";

const colours = process.stdout.isTTY && !process.env.NO_COLOR && process.env.TERM !== "dumb";
const colour = (code: number) => (text: string): string => colours ? `\x1b[${code}m${text}\x1b[0m` : text;

export const bold: (text: string) => string = colour(1);
export const dim: (text: string) => string = colour(2);
const green = colour(32);

let steps = 0;

/** Opens a step by a line that explains it. */
export function step(explanation: string): void {
  steps++;
  console.log(`\n${green(String(steps).padStart(2))}  ${bold(explanation)}`);
}

/** Shows what came of a step. */
export function tell(...found: readonly unknown[]): void {
  console.log(`    ${found.join(" ")}`);
}
