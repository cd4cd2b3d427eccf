/**
 * What is installed on this machine.
 *
 * @module
 */

import { delimiter, join } from "node:path";
import { variable } from "../environment.ts";
import { satisfies } from "../versions.ts";
import { type Binary, isExecutable, type Search, versionOf } from "./way.ts";

/** Takes the first binary along PATH whose version will do. */
export async function fromPath({ tool, wanted, signal }: Search): Promise<Binary | string> {
  const others: string[] = [];
  for (const folder of (variable("PATH") ?? "").split(delimiter).filter(Boolean)) {
    const path = join(folder, tool);
    if (!await isExecutable(path)) continue;
    const version = await versionOf(tool, path, signal).catch((error: Error) => error.message);
    signal?.throwIfAborted();
    if (satisfies(version, wanted)) return { path, version };
    others.push(`${path} is ${version}`);
  }
  return others.join(", ") || `no ${tool}`;
}
