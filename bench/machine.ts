/**
 * What the figures were taken on.
 *
 * @module
 */

import { hardware, system } from "../tools/machine.ts";
import { describe, RUNTIMES } from "../tools/suite/runtimes.ts";
import { goClientVersion } from "./prepare/go.ts";
import { npmVersion } from "./prepare/npm.ts";
import { PYTHON_ETCETRA } from "./prepare/python.ts";
import { type Contender, ETCD3, GO, PYTHON } from "./contenders.ts";

/** The machine, in words. */
export interface MachineDescription {
  readonly hardware: string;
  readonly system: string;
  readonly versions: readonly string[];
  /** Processes that wanted to run, over the last minute: before the run, and after it. */
  readonly load: readonly number[];
}

/** Describes this machine and what is measured on it. */
export async function describeMachine(
  etcd: string,
  contenders: readonly Contender[],
  loadBefore: number,
): Promise<MachineDescription> {
  const has = (name: string): boolean => contenders.some((one) => one.name.split(".")[0] === name);
  const versions = [`etcd ${etcd}`, ...await Promise.all(RUNTIMES.map(describe))];
  versions.push(`nice-grpc ${await lockedVersion("nice-grpc")}`);
  if (has(ETCD3)) versions.push(`etcd3 ${await npmVersion("etcd3")}`);
  if (has(GO)) versions.push(`Go client ${await goClientVersion()} (${await firstLine("go", "version")})`);
  if (has(PYTHON)) {
    versions.push(`Python etcetra ${PYTHON_ETCETRA} (${await firstLine("python3", "--version")})`);
  }
  return {
    hardware: await hardware(),
    system: system(),
    versions,
    load: [loadBefore, loadNow()],
  };
}

/** Processes that wanted to run, over the last minute. */
export function loadNow(): number {
  return Deno.loadavg()[0];
}

async function lockedVersion(name: string): Promise<string> {
  const { npm } = JSON.parse(await Deno.readTextFile("deno.lock"));
  const key = Object.keys(npm).find((one) => one.startsWith(`${name}@`));
  return key?.slice(name.length + 1).split("_")[0] ?? "of unknown version";
}

async function firstLine(program: string, ...args: string[]): Promise<string> {
  const { stdout } = await new Deno.Command(program, { args }).output();
  return new TextDecoder().decode(stdout).trim().replace(/^go version /, "").replace(
    /^go(\d\S*).*$/,
    "Go $1",
  );
}
