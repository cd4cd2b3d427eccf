/**
 * Debian's packages, and those of systems that descend from it; unpacked, not installed.
 *
 * @module
 */

import { rename } from "node:fs/promises";
import { join } from "node:path";
import { wholeEnvironment } from "../environment.ts";
import { type CommandOptions, run, succeed } from "../process/command.ts";
import { satisfies } from "../versions.ts";
import { isExecutable, type Search, type Tool } from "./way.ts";

const PACKAGES: Readonly<Record<Tool, string>> = {
  etcd: "etcd-server",
  etcdctl: "etcd-client",
  etcdutl: "etcd-client",
};

/** Downloads the package and takes the program out of it. */
export async function fromDebian(search: Search, folder: string): Promise<string | undefined> {
  const { tool, wanted, onProgress, signal } = search;
  const options = { cwd: folder, env: wholeEnvironment(), signal };
  if ((await run("apt-get", ["--version"], options)).status !== 0) return "apt-get is not installed";
  const name = PACKAGES[tool];
  const version = await candidate(name, options) ?? await candidateAfterUpdate(name, options);
  if (!version) return `no package ${name}`;
  if (!satisfies(version, wanted)) return `${name} is ${version}`;

  onProgress(`${tool} ${version}: downloading Debian's package ${name}`);
  await succeed("apt-get", ["download", name], options);
  await succeed("sh", ["-c", "dpkg -x ./*.deb unpacked"], options);
  const path = join(folder, "unpacked", "usr", "bin", tool);
  if (!await isExecutable(path)) return `${name} ${version} has no ${tool}`;
  await rename(path, join(folder, tool));
  return undefined;
}

/** The upstream version that would be downloaded, if apt knows one. */
async function candidate(name: string, options: CommandOptions): Promise<string | undefined> {
  const { stdout } = await run("apt-cache", ["show", "--no-all-versions", name], options);
  return /^Version: (?:\d+:)?(\d+\.\d+\.\d+)/m.exec(stdout)?.[1];
}

/** A fresh container has no lists yet; refreshing them needs root. */
async function candidateAfterUpdate(name: string, options: CommandOptions): Promise<string | undefined> {
  await run("apt-get", ["update"], options);
  return await candidate(name, options);
}
