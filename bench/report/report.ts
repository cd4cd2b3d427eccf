/**
 * All that a run found out, as plain data: it is printed and drawn, and kept to be so again.
 *
 * @module
 */

import { allContenders, GO } from "../contenders.ts";
import type { Finding } from "../limits.ts";
import type { MachineDescription } from "../machine.ts";
import type { Measure } from "../measures.ts";
import type { Results } from "../rounds.ts";
import { median, medianRatio } from "../statistics.ts";
import { type Quantity, quantity } from "./quantities.ts";
import { judge, type Reached, type Target, TARGETS } from "./targets.ts";

/** What there is to say of one contender at one measure; null where it is not known. */
export interface Row {
  readonly name: string;
  readonly client: string;
  readonly runtime: string | null;
  /** Medians of the rounds. */
  readonly figures: Readonly<Record<Quantity, number | null>>;
  /** Medians of the ratios to the Go client in the same rounds. */
  readonly toGo: Readonly<Record<Quantity, number | null>>;
}

/** A measure and its rows. */
export interface Table {
  readonly name: string;
  readonly title: string;
  readonly per: string;
  readonly latency: boolean;
  readonly rows: readonly Row[];
}

/** A target and how far it was reached. */
export interface JudgedTarget {
  readonly target: Target;
  readonly reached: readonly Reached[];
}

/** A run. */
export interface Report {
  /** When it was, in UTC. */
  readonly taken: string;
  readonly command: string;
  /** Whether nothing was left out. */
  readonly whole: boolean;
  readonly rounds: number;
  readonly seconds: number;
  readonly machine: MachineDescription;
  readonly targets: readonly JudgedTarget[];
  readonly findings: readonly Finding[];
  readonly tables: readonly Table[];
  readonly notes: readonly string[];
}

const QUANTITIES: readonly Quantity[] = ["speed", "cpu", "time"];

/** Judges all targets that something was measured for. */
export function judgeTargets(results: ReadonlyMap<string, Results>): JudgedTarget[] {
  return TARGETS.flatMap((target) => {
    const reached = judge(target, results.get(target.measure));
    return reached === undefined ? [] : [{ target, reached }];
  });
}

/** Sums a measure up. */
export function tabulate(measure: Omit<Measure, "turn">, results: Results): Table {
  const { name, title, per, latency = false } = measure;
  const rows = allContenders().filter((one) => results.get(one.name)?.some((result) => result !== undefined))
    .map(({ name, client, runtime }): Row => ({
      name,
      client,
      runtime: runtime ?? null,
      figures: each((what) => median(line(results, name, what).filter((value) => value !== undefined))),
      toGo: each((what) => medianRatio(line(results, name, what), line(results, GO, what))),
    }));
  return { name, title, per, latency, rows };
}

function line(results: Results, name: string, what: Quantity): (number | undefined)[] {
  return (results.get(name) ?? []).map((result) => quantity(result, what));
}

function each(of: (what: Quantity) => number): Record<Quantity, number | null> {
  const pairs = QUANTITIES.map((what) => [what, Number.isNaN(of(what)) ? null : of(what)]);
  return Object.fromEntries(pairs) as Record<Quantity, number | null>;
}
