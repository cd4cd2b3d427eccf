/**
 * The command line of the bench.
 *
 * @module
 */

import { parseArgs } from "node:util";

/** What was asked for. */
export interface BenchOptions {
  /** How often each contender has its turn at each measure. */
  readonly rounds: number;
  /** Seconds of a turn. */
  readonly seconds: number;
  /** Names of measures; undefined for all. */
  readonly only?: readonly string[];
  /** Names of contenders, or beginnings of such; undefined for all. */
  readonly contenders?: readonly string[];
  /** Whether the last run is only drawn and printed again. */
  readonly redraw: boolean;
  /** The command, for whoever wants the figures again. */
  readonly command: string;
}

export const USAGE = `deno task bench [options]

  --rounds N        how often each contender has its turn at each measure (5)
  --seconds S       how long a turn takes (1)
  --only A,B        these measures alone
  --with A,B        these contenders alone, or all whose names begin so
  --redraw          print and draw the last run again
  --help            this, and the names of measures and contenders`;

/** Reads the command line; undefined where help is wanted. */
export function readOptions(args: readonly string[]): BenchOptions | undefined {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: "string", default: "5" },
      seconds: { type: "string", default: "1" },
      only: { type: "string" },
      with: { type: "string" },
      redraw: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  if (values.help) return undefined;
  const rounds = Number(values.rounds), seconds = Number(values.seconds);
  if (!Number.isInteger(rounds) || rounds < 1) throw new RangeError(`Cannot run ${values.rounds} rounds`);
  if (!(seconds > 0)) throw new RangeError(`Cannot run turns of ${values.seconds} seconds`);
  return {
    rounds,
    seconds,
    only: values.only?.split(","),
    contenders: values.with?.split(","),
    redraw: values.redraw,
    command: ["deno task bench", ...args].join(" "),
  };
}
