/**
 * What became of all tries: the worst figures seen, and the failures.
 *
 * @module
 */

import type { Figure, Row, RowReport } from "../rig/trial/row.ts";
import type { Try } from "./tries.ts";

/** A try that has ended. */
export interface Outcome extends Try {
  readonly report: RowReport;
  /** Milliseconds. */
  readonly took: number;
}

/** A row, over all its tries in both modes. */
export interface RowTally {
  readonly row: Row;
  readonly plaintext: readonly Figure[];
  readonly tls: readonly Figure[];
  readonly tries: number;
  readonly failed: number;
}

/** See the module. */
export class Tally {
  readonly #outcomes: Outcome[] = [];

  /** Adds one. */
  add(outcome: Outcome): void {
    this.#outcomes.push(outcome);
  }

  /** How many there were. */
  get tries(): number {
    return this.#outcomes.length;
  }

  /** Those with findings. */
  get failures(): readonly Outcome[] {
    return this.#outcomes.filter(({ report }) => report.findings.length > 0);
  }

  /** What every row has to keep, over all of them. */
  get gates(): readonly Figure[] {
    return worst(this.#outcomes.flatMap(({ report }) => report.gates));
  }

  /** The rows that were tried, by their numbers. */
  get rows(): readonly RowTally[] {
    const byRow = [...Map.groupBy(this.#outcomes, ({ row }) => row)];
    return byRow.sort(([a], [b]) => a.number - b.number).map(([row, outcomes]) => {
      const figures = (tls: boolean) =>
        worst(outcomes.filter((one) => one.tls === tls).flatMap(({ report }) => report.figures));
      const failed = outcomes.filter(({ report }) => report.findings.length > 0).length;
      return { row, plaintext: figures(false), tls: figures(true), tries: outcomes.length, failed };
    });
  }
}

/** Of each figure that something is promised of, the greatest. */
function worst(figures: readonly Figure[]): readonly Figure[] {
  const promised = figures.filter(({ limit }) => limit !== undefined);
  return [...Map.groupBy(promised, ({ name }) => name).values()].map((same) =>
    same.reduce((a, b) => b.value > a.value ? b : a)
  );
}
