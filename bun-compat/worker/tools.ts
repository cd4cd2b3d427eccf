/**
 * The programs that bun-compat/package.json brings.
 *
 * @module
 */

import { stat } from "node:fs/promises";
import process from "node:process";
import { fileURLToPath } from "node:url";

/** A program's path; its whole environment is {@linkcode ENVIRONMENT}. */
export async function tool(name: "esbuild" | "workerd"): Promise<string> {
  const path = fileURLToPath(new URL(`../node_modules/.bin/${name}`, import.meta.url));
  try {
    await stat(path);
    return path;
  } catch {
    throw new Error(`Cannot find ${name}: run \`npm install --no-package-lock\` in bun-compat first`);
  }
}

/** Where npm had no leave to install, what it calls a program is a script that Node runs. */
export const ENVIRONMENT: Readonly<Record<string, string>> = { PATH: process.env.PATH ?? "" };
