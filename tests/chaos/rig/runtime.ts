/**
 * How a script is run on each runtime.
 *
 * @module
 */

import { assert } from "@std/assert";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../../src/testing/mod.ts";

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

/** Runs a script on this runtime, in a process of its own that may ask for collections; returns its only line. */
export async function lineOf(script: URL, ...args: readonly string[]): Promise<string> {
  const { program, args: flags } = OWN;
  await using child = LineProcess.start(program, [...flags, fileURLToPath(script), ...args], process.env);
  const { value } = await child.lines.next();
  assert(value !== undefined, child.stderr);
  return value;
}
