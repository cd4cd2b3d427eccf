/**
 * The clients that are measured beside each other, and how their workers are started.
 *
 * @module
 */

import { program, type Runtime, RUNTIMES } from "../tools/suite/runtimes.ts";
import { buildGo } from "./prepare/go.ts";
import { FOLDER } from "./prepare/folder.ts";
import { installNpm } from "./prepare/npm.ts";
import { installPython } from "./prepare/python.ts";
import { ASSEMBLED } from "./prepare/assemble.ts";

/** A client on a runtime. */
export interface Contender {
  /** For the command line. */
  readonly name: string;
  /** The client, for people. */
  readonly client: string;
  /** Where it runs; undefined for those that are programs of their own. */
  readonly runtime?: Runtime;
  /** Starts its worker. */
  readonly command: Command;
}

/** A program and its arguments. */
export type Command = (endpoint: string) => readonly string[];

/** Names that ratios are taken to. */
export const OURS = "etcetra";
export const OURS_OVER_GRPC_JS = "etcetra-grpc-js";
export const NICE_GRPC = "nice-grpc";
export const ETCD3 = "etcd3";
export const GO = "go";
export const PYTHON = "python";

const CLIENTS: Readonly<Record<string, string>> = {
  [OURS]: "@etcetra/etcd",
  [OURS_OVER_GRPC_JS]: "@etcetra/etcd over grpc-js",
  [NICE_GRPC]: "nice-grpc",
  [ETCD3]: "etcd3",
  [GO]: "Go client",
  [PYTHON]: "Python etcetra",
};

/** Every contender there can be, in the order of their turns. */
export function allContenders(): Contender[] {
  const onRuntimes = (name: string, worker: string, more: readonly string[] = []): Contender[] =>
    RUNTIMES.map((runtime) => ({
      name: `${name}.${runtime}`,
      client: CLIENTS[name],
      runtime,
      command: (endpoint) => [...script(runtime, worker, name !== OURS), endpoint, ...more],
    }));
  return [
    ...onRuntimes(OURS, "bench/workers/etcetra"),
    { name: GO, client: CLIENTS[GO], command: (endpoint) => [`${FOLDER}/go-worker`, endpoint] },
    {
      name: PYTHON,
      client: CLIENTS[PYTHON],
      command: (endpoint) => [`${FOLDER}/python/bin/python`, "bench/peers/python/worker.py", endpoint],
    },
    ...onRuntimes(OURS_OVER_GRPC_JS, "bench/workers/etcetra", ["grpc-js"]),
    ...onRuntimes(NICE_GRPC, "bench/workers/nice_grpc"),
    ...onRuntimes(ETCD3, "bench/workers/etcd3", [`${FOLDER}/npm`]),
  ];
}

/** The contenders chosen: all, or those whose names begin with one of `chosen`. */
export function chooseContenders(chosen: readonly string[] | undefined): Contender[] {
  if (chosen === undefined) return allContenders();
  return allContenders().filter(({ name }) =>
    chosen.some((one) => name === one || name.startsWith(`${one}.`))
  );
}

/**
 * Gets what the contenders need.
 *
 * @param skipped Is told of those that cannot be had, and why.
 * @returns Those that can.
 */
export async function prepareContenders(
  contenders: readonly Contender[],
  skipped: (line: string) => void,
): Promise<Contender[]> {
  const ways: readonly [prefix: string, prepare: () => Promise<string | undefined>][] = [
    [GO, buildGo],
    [ETCD3, installNpm],
    [PYTHON, installPython],
  ];
  const missing = new Set<string>();
  for (const [prefix, prepare] of ways) {
    if (!contenders.some(({ name }) => name.split(".")[0] === prefix)) continue;
    const failure = await prepare();
    if (failure === undefined) continue;
    missing.add(prefix);
    skipped(`without the ${CLIENTS[prefix]}: ${failure}`);
  }
  return contenders.filter(({ name }) => !missing.has(name.split(".")[0]));
}

/**
 * The command that runs a script of the repository: the source itself on Deno, and what a package from JSR holds on
 * Bun and Node.
 *
 * @param path Without its ending.
 * @param guest Whether it needs more permissions than our client.
 */
export function script(runtime: Runtime, path: string, guest: boolean): string[] {
  if (runtime !== "deno") return [program(runtime), `${ASSEMBLED}/${path}.js`];
  const permissions = guest
    ? ["--allow-net=127.0.0.1", "--allow-env", "--allow-read", "--allow-sys"]
    : ["--allow-net=127.0.0.1", "--allow-env=GRPC_*"];
  return [program(runtime), "run", "--quiet", ...permissions, `${path}.ts`];
}
