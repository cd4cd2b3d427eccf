/**
 * How a script is run on each runtime.
 *
 * @module
 */

import process from "node:process";

/** What stands between the program of a runtime and the path of a script; the types are checked elsewhere. */
export const ARGUMENTS: Readonly<Record<"deno" | "bun" | "node", readonly string[]>> = {
  deno: ["run", "--quiet", "--no-check", "-P=test", "--v8-flags=--expose-gc"],
  bun: [],
  node: ["--expose-gc"],
};

/** A program, and what stands before the path of a script. */
export interface Launch {
  readonly program: string;
  readonly args: readonly string[];
}

/** The runtime that runs this. */
export const OWN: Launch = {
  program: process.execPath,
  args: ARGUMENTS["Deno" in globalThis ? "deno" : "Bun" in globalThis ? "bun" : "node"],
};
