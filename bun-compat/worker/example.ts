/**
 * The worker in examples/worker, as its wrangler.jsonc describes it.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

const FOLDER = new URL("../../examples/worker/", import.meta.url);

/** A worker to be bundled. */
export interface Project {
  /** The path of its main module. */
  readonly main: string;
  /** What stands in the place of packages: paths. */
  readonly alias: Readonly<Record<string, string>>;
}

/** Reads wrangler.jsonc, whose comments have lines of their own. */
export async function exampleProject(): Promise<Project> {
  const text = await readFile(new URL("wrangler.jsonc", FOLDER), "utf8");
  const { main, alias } = JSON.parse(text.replace(/^\s*\/\/.*$/gm, "")) as Project;
  const pathOf = (relative: string) => fileURLToPath(new URL(relative, FOLDER));
  return {
    main: pathOf(main),
    alias: Object.fromEntries(Object.entries(alias).map(([name, path]) => [name, pathOf(path)])),
  };
}
