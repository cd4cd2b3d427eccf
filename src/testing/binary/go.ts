/**
 * Building from source: with Go installed, and a module proxy in reach, this takes one minute or several.
 *
 * @module
 */

import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { wholeEnvironment } from "../environment.ts";
import { run, succeed } from "../process/command.ts";
import { atLeast } from "../versions.ts";
import type { Search, Tool } from "./way.ts";

/** The module that each program is the root package of. */
const MODULES: Readonly<Record<Tool, string>> = {
  etcd: "go.etcd.io/etcd/server/v3",
  etcdctl: "go.etcd.io/etcd/etcdctl/v3",
  etcdutl: "go.etcd.io/etcd/etcdutl/v3",
};

/**
 * Builds a program in a module of its own that requires it: `go install` would refuse, since the modules of etcd
 * replace each other by relative paths.
 */
export async function fromGo(search: Search, folder: string): Promise<string | undefined> {
  const { tool, wanted: { version }, onProgress, signal } = search;
  if (!atLeast(version, 5)) return "etcd before 3.5 has no Go modules to build from";
  // An interrupted Go leaves its temporary files, so they are to be where the caller tidies up.
  const settings = { CGO_ENABLED: "0", GOFLAGS: "-mod=mod", GOTMPDIR: folder, GOWORK: "off" };
  const env = { ...wholeEnvironment(), ...settings };
  const { status } = await run("go", ["version"], { env, signal });
  if (status !== 0) return "Go is not installed";

  onProgress(`${tool} ${version}: building with Go, which takes minutes`);
  const module = join(folder, "module");
  await mkdir(module);
  const go = (...args: string[]) => succeed("go", args, { cwd: module, env, signal });
  await go("mod", "init", "etcetra.invalid/build");
  await go("get", `${MODULES[tool]}@v${version}`);
  await go("build", "-trimpath", "-ldflags=-s -w", "-o", join(folder, tool), MODULES[tool]);
  await rm(module, { recursive: true });
  return undefined;
}
