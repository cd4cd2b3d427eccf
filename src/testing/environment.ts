/**
 * What the fixture reads of the environment.
 *
 * @module
 */

import { join } from "node:path";
import process from "node:process";

/** The value of an environment variable; undefined where it is empty or not set. */
export function variable(name: string): string | undefined {
  return process.env[name] || undefined;
}

/** Everything, for the tools that fetch and build: proxies, Go's settings and the like. */
export function wholeEnvironment(): Record<string, string | undefined> {
  return process.env;
}

/** Where temporary files go. */
export function temporaryFolder(): string {
  return variable("TMPDIR") ?? "/tmp";
}

/** Where binaries are kept from one run to the next. */
export function cacheFolder(): string {
  const base = variable("XDG_CACHE_HOME") ?? join(variable("HOME") ?? temporaryFolder(), defaultCache());
  return join(base, "etcetra");
}

function defaultCache(): string {
  return process.platform === "darwin" ? join("Library", "Caches") : ".cache";
}

/** Go's name for this machine's processor. */
export function goArchitecture(): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return names[process.arch] ?? process.arch;
}

/** Go's name for this machine's system. */
export function goSystem(): string {
  return process.platform;
}

/** @throws {Error} Where the fixture cannot work. */
export function assertPosix(): void {
  if (process.platform !== "win32") return;
  throw new Error("Cannot start etcd: the fixture needs Linux or macOS; on Windows, run it in WSL");
}
