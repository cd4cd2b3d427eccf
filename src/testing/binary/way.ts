/**
 * What every way to a binary has in common.
 *
 * @module
 */

import { stat } from "node:fs/promises";
import { run } from "../process/command.ts";
import type { WantedVersion } from "../versions.ts";

/** A program of the etcd project. */
export type Tool = "etcd" | "etcdctl" | "etcdutl";

/** What is looked for, and how. */
export interface Search {
  readonly tool: Tool;
  readonly wanted: WantedVersion;
  /** Told what goes on when it takes a while. */
  readonly onProgress: (message: string) => void;
  /** Ends the search. */
  readonly signal?: AbortSignal;
}

/** A program that was found. */
export interface Binary {
  readonly path: string;
  /** Its whole version. */
  readonly version: string;
}

/**
 * One way to a binary.
 *
 * @returns The binary, or why this way led to none.
 * @throws {Error} Only for what ends the whole search.
 */
export type Way = (search: Search) => Promise<Binary | string>;

/**
 * A way that brings binaries from elsewhere.
 *
 * @param folder An empty folder to bring `search.tool` into, with whatever came along.
 * @returns Why it could not, or nothing; a rejection is such a reason too.
 */
export type Source = (search: Search, folder: string) => Promise<string | undefined>;

/** Whether a file is there and some may run it: asking whether it is us would take a permission of its own. */
export async function isExecutable(path: string): Promise<boolean> {
  const file = await stat(path).catch(() => undefined);
  return file !== undefined && file.isFile() && (file.mode & 0o111) !== 0;
}

/**
 * Asks a program for its version.
 *
 * @throws {Error} If it does not say one.
 */
export async function versionOf(tool: Tool, path: string, signal?: AbortSignal): Promise<string> {
  const argument = tool === "etcd" ? "--version" : "version";
  const { status, stdout, stderr } = await run(path, [argument], { env: {}, signal });
  const version = /^\w+ version: (\S+)$/im.exec(stdout)?.[1];
  if (version) return version;
  const said = (stderr || stdout).trim().split("\n")[0];
  throw new Error(`\`${path} ${argument}\` names no version (status ${status}): ${said}`);
}
