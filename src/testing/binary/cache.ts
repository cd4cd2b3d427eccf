/**
 * Binaries that an earlier run brought: `etcetra/etcd-X.Y.Z/TOOL` in the user's cache folder.
 *
 * @module
 */

import { copyFile, mkdir, mkdtemp, readdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { cacheFolder, temporaryFolder } from "../environment.ts";
import { Keeper } from "../process/keeper.ts";
import { satisfies, type WantedVersion } from "../versions.ts";
import { type Binary, isExecutable, type Search, type Source, type Tool, versionOf } from "./way.ts";

const PREFIX = "etcd-";
const TOOLS: readonly Tool[] = ["etcd", "etcdctl", "etcdutl"];

/** Takes a binary that is there already: the pinned version, or the newest that will do. */
export async function fromCache({ tool, wanted }: Search): Promise<Binary | string> {
  for (const version of await cachedVersions(wanted)) {
    const path = binaryPath(tool, version);
    if (await isExecutable(path)) return { path, version };
  }
  return `no ${tool} ${wanted.version} in ${cacheFolder()}`;
}

/** Lets a source bring binaries, and moves them, whole or not at all, into the cache. */
export async function intoCache(source: Source, search: Search): Promise<Binary | string> {
  const { tool, wanted, signal } = search;
  const folder = await mkdtemp(join(temporaryFolder(), "etcetra-fetch-"));
  const keeper = await Keeper.open(folder, [], {}); // runs nothing, but tidies up whatever becomes of us
  try {
    const failure = await source(search, folder);
    if (failure) return failure;
    const version = await versionOf(tool, join(folder, tool), signal);
    if (!satisfies(version, wanted)) return `brought ${version}`;
    for (const each of TOOLS) await install(join(folder, each), binaryPath(each, version));
    return { path: binaryPath(tool, version), version };
  } catch (error) {
    signal?.throwIfAborted();
    return (error as Error).message;
  } finally {
    await keeper.close();
  }
}

function binaryPath(tool: Tool, version: string): string {
  return join(cacheFolder(), PREFIX + version, tool);
}

async function cachedVersions(wanted: WantedVersion): Promise<string[]> {
  const entries = await readdir(cacheFolder()).catch((): string[] => []);
  const patch = (version: string) => version === wanted.version ? Infinity : Number(version.split(".")[2]);
  return entries.filter((entry) => entry.startsWith(PREFIX)).map((entry) => entry.slice(PREFIX.length))
    .filter((version) => satisfies(version, wanted))
    .sort((a, b) => patch(b) - patch(a));
}

/** Copies first, since the cache may be on another disk; the name appears with the whole file. */
async function install(from: string, to: string): Promise<void> {
  if (!await isExecutable(from)) return;
  await mkdir(join(to, ".."), { recursive: true });
  const partial = `${to}.${crypto.randomUUID()}`;
  try {
    await copyFile(from, partial);
    await rename(partial, to);
  } finally {
    await rm(partial, { force: true });
  }
}
