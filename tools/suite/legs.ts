/**
 * The legs of a test run: which files, on which runtime, against which etcd.
 * @module
 */

import { filesBelow } from "../files.ts";
import { type Runtime, RUNTIMES } from "./runtimes.ts";

/** The default etcd first; the whole suite runs against that one. */
export const ETCD_VERSIONS: readonly string[] = ["3.7", "3.6", "3.5", "3.4"];

/** Our own transport first, which is the default. */
export const TRANSPORTS = ["native", "grpc-js"] as const;

/** What carries the calls of a leg. */
export type Transport = typeof TRANSPORTS[number];

/** What the command line chose; undefined where it left the choice. */
export interface Choice {
  readonly runtimes?: readonly string[];
  readonly etcds?: readonly string[];
  readonly transports?: readonly string[];
  readonly files?: readonly string[];
}

export interface Leg {
  readonly runtime: Runtime;
  readonly etcd: string;
  readonly transport: Transport;
  readonly files: readonly string[];
}

/**
 * Lays out the legs: the whole suite on every runtime against the default etcd, and between them the integration tests
 * on every runtime against the others, and on the stock channel. Chosen files run against the default etcd on the
 * default transport alone, unless others are chosen too.
 *
 * @throws {RangeError} If a runtime or a version is none that there is.
 */
export async function legs({ runtimes, etcds, transports, files }: Choice): Promise<Leg[]> {
  const chosenRuntimes = known("runtime", runtimes ?? RUNTIMES, RUNTIMES);
  const chosenEtcds = known("etcd", etcds ?? defaults(ETCD_VERSIONS, files), ETCD_VERSIONS);
  const chosenTransports = known("transport", transports ?? defaults(TRANSPORTS, files), TRANSPORTS);
  const all: Leg[] = [];
  for (const transport of chosenTransports) {
    // The older versions differ in what they say, not in how it is carried.
    const versions = transport === TRANSPORTS[0] || etcds ? chosenEtcds : chosenEtcds.slice(0, 1);
    for (const etcd of versions) {
      for (const runtime of chosenRuntimes) {
        const paths = files ?? roots(runtime, etcd, transport);
        all.push({ runtime, etcd, transport, files: await testFiles(paths) });
      }
    }
  }
  return spread(all);
}

/** Puts the long legs apart: side by side their faults would disturb each other. */
function spread(legs: readonly Leg[]): Leg[] {
  const most = Math.max(...legs.map(({ files }) => files.length));
  const [long, short] = [true, false].map((is) =>
    legs.filter(({ files }) => (files.length > most / 2) === is)
  );
  const share = Math.ceil(short.length / long.length);
  return long.flatMap((leg, i) => [leg, ...short.slice(i * share, (i + 1) * share)]);
}

function defaults<T>(all: readonly T[], files: readonly string[] | undefined): readonly T[] {
  return files ? all.slice(0, 1) : all;
}

/** The folders of a leg whose files nobody chose; the tools are Deno scripts, and so are their tests. */
function roots(runtime: Runtime, etcd: string, transport: Transport): string[] {
  if (etcd !== ETCD_VERSIONS[0] || transport !== TRANSPORTS[0]) return ["tests/integration"];
  return runtime === "deno" ? ["tests", "tools"] : ["tests"];
}

function known<T extends string>(what: string, chosen: readonly string[], all: readonly T[]): T[] {
  return chosen.map((name) => {
    const found = all.find((one) => one === name);
    if (found === undefined) {
      throw new RangeError(`Cannot run on ${what} "${name}": choose of ${all.join(", ")}`);
    }
    return found;
  });
}

async function testFiles(paths: readonly string[]): Promise<string[]> {
  const files = (await Promise.all(paths.map(filesBelow))).flat().filter((file) => file.endsWith("_test.ts"));
  if (files.length === 0) throw new RangeError(`Cannot run ${paths.join(", ")}: no test file is there`);
  return files;
}
