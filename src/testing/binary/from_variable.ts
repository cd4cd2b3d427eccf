/**
 * ETCD_BIN: the path of an etcd, whose siblings are the other tools.
 *
 * @module
 */

import { dirname, join } from "node:path";
import { variable } from "../environment.ts";
import { satisfies } from "../versions.ts";
import { type Binary, isExecutable, type Search, versionOf } from "./way.ts";

/**
 * Takes the binary that ETCD_BIN names, if its version will do.
 *
 * @throws {Error} If the variable names no program that can be run: whoever set it wants to know.
 */
export async function fromVariable({ tool, wanted, signal }: Search): Promise<Binary | string> {
  const named = variable("ETCD_BIN");
  if (!named) return "not set";
  const path = tool === "etcd" ? named : join(dirname(named), tool);
  if (tool !== "etcd" && !await isExecutable(path)) return `no ${path}`;
  const version = await versionOf(tool, path, signal);
  return satisfies(version, wanted) || !wanted.asked ? { path, version } : `${path} is ${version}`;
}
