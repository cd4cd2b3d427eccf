/**
 * The command line of `deno task chaos`.
 *
 * @module
 */

import { parseArgs } from "node:util";
import { type Runtime, RUNTIMES } from "../../../tools/suite/runtimes.ts";
import { Random } from "../rig/random.ts";
import type { Row } from "../rig/trial/row.ts";
import { ON_ALL_RUNTIMES, rowOf, ROWS } from "../rows/all.ts";

/** What was asked for. */
export interface ChaosOptions {
  readonly minutes: number;
  /** Leads to the order, the modes and the seeds of all tries. */
  readonly seed: number;
  readonly rows: readonly Row[];
  readonly etcd: string;
  readonly runtime: Runtime;
  /** The seed of one try, which is to be had again in both modes; otherwise tries go on for the minutes. */
  readonly again?: number;
  /** Whether the figures go into docs/reliability.md. */
  readonly publish: boolean;
  /** A file of a failure, to be judged again; nothing is run then. */
  readonly replay?: string;
  /** The command, for whoever wants the figures again. */
  readonly command: string;
}

export const USAGE = `deno task chaos [options]

  --minutes N      how long new tries are begun (10)
  --seed S         leads to the order, the modes and the seeds of all tries (random)
  --rows A,B       these rows alone (all; on Bun and Node those that are promised there)
  --etcd V         the server: 3.7, 3.6, … or a whole version (3.7)
  --runtime R      what the client runs on: deno, bun or node (deno)
  --again S        one try a row and mode with this very seed, as a failure tells it
  --publish        write the figures into docs/reliability.md
  --replay FILE    run the checkers again on what a failure has left
  --help           this`;

/**
 * Reads the command line; undefined where help is wanted.
 *
 * @throws {RangeError} If a value is none that there is.
 */
export function readOptions(args: readonly string[]): ChaosOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      minutes: { type: "string", default: "10" },
      seed: { type: "string", default: String(Random.newSeed()) },
      rows: { type: "string" },
      etcd: { type: "string", default: "3.7" },
      runtime: { type: "string", default: "deno" },
      again: { type: "string" },
      publish: { type: "boolean", default: false },
      replay: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const runtime = RUNTIMES.find((name) => name === values.runtime);
  if (runtime === undefined) throw new RangeError(`Cannot run on "${values.runtime}"`);
  const minutes = Number(values.minutes);
  if (!(minutes > 0)) throw new RangeError(`Cannot run for "${values.minutes}" minutes`);
  const promised = runtime === "deno" ? ROWS : ON_ALL_RUNTIMES.map(rowOf);
  const seeded = args.some((arg) => arg.startsWith("--seed")) ? [] : ["--seed", values.seed];
  return {
    minutes,
    seed: seedOf(values.seed),
    rows: values.rows?.split(",").map((number) => rowOf(Number(number))) ?? promised,
    etcd: values.etcd,
    runtime,
    again: values.again === undefined ? undefined : seedOf(values.again),
    publish: values.publish,
    replay: values.replay,
    command: ["deno task chaos", ...args, ...seeded].join(" "),
  };
}

function seedOf(text: string): number {
  const seed = Number(text);
  if (Number.isInteger(seed) && seed >= 0 && seed < 2 ** 32) return seed;
  throw new RangeError(`Cannot use seed "${text}": it has to be a whole number from 0 to 2^32 - 1`);
}
