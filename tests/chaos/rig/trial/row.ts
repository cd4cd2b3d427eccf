/**
 * What a row of the table of faults is: a fault to inject, what is observed, and the figure that is promised.
 *
 * @module
 */

import type { Trial } from "./trial.ts";

/** One row. */
export interface Row {
  /** Its number in docs/reliability.md. */
  readonly number: number;
  /** What is injected. */
  readonly title: string;
  /** The figure that is promised, in words. */
  readonly promise: string;
  /** Where it makes sense with TLS only. */
  readonly tlsOnly?: boolean;
  /**
   * Injects the fault and observes.
   *
   * @throws {Error} If a promise was not kept.
   */
  run(trial: Trial): Promise<void>;
}

/** How a row is tried. */
export interface TrialOptions {
  readonly seed: number;
  readonly tls: boolean;
  /** Which etcd, as for the fixture. */
  readonly etcd?: string;
  /** With the numbers of the table, where the short form has smaller ones. */
  readonly long: boolean;
}

/** What a process is asked to run. */
export interface RowRequest extends TrialOptions {
  readonly row: number;
  /** Where the history of a failure goes. */
  readonly folder: string;
}

/** Something that was measured. */
export interface Figure {
  readonly name: string;
  readonly value: number;
  /** `"ms"`, `"MB"`, or empty for a count. */
  readonly unit: string;
  /** The most it may be; missing where nothing is promised. */
  readonly limit?: number;
}

/** What became of a row. */
export interface RowReport {
  readonly figures: readonly Figure[];
  /** What every row has to keep: how late calls settled, how late the process ended. */
  readonly gates: readonly Figure[];
  /** What was not kept, one sentence each. */
  readonly findings: readonly string[];
  /** What is known of it, with the history where one was kept; written if something is wrong. */
  readonly file?: string;
}
