/**
 * What a client under load notes of itself: what went wrong, how often what happened, how fast calls were.
 *
 * @module
 */

import type { Call } from "../../rig/history/call.ts";
import { isTyped } from "../../rig/gates/calls.ts";
import type { Counts, Sample } from "./messages.ts";
import type { Secrets } from "./secrets.ts";

/** Findings that are told; one is enough to fail. */
const LIMIT = 50;

/** See the module. */
export class Journal {
  readonly #secrets: Secrets;
  readonly #findings: string[] = [];
  readonly #counts: Record<string, number> = {};
  #durations: number[] = [];
  #failed = 0;

  constructor(secrets: Secrets) {
    this.#secrets = secrets;
  }

  /** What went wrong, one sentence each. */
  get findings(): readonly string[] {
    return this.#findings;
  }

  /** How often what happened. */
  get counts(): Counts {
    return this.#counts;
  }

  /** Notes that something went wrong. */
  find(finding: string): void {
    if (this.#findings.length < LIMIT) this.#findings.push(`${new Date().toISOString()}: ${finding}`);
  }

  /** Counts something. */
  count(what: string): void {
    this.#counts[what] = (this.#counts[what] ?? 0) + 1;
  }

  /** Looks at an event, or at anything else that is shown. */
  shown(what: string, value: unknown): void {
    for (const secret of this.#secrets.in(value)) this.find(`${what} shows ${secret}`);
  }

  /** Looks at what an attempt failed with. */
  failed(what: string, error: unknown): void {
    this.shown(`What "${what}" failed with`, error);
    if (!isTyped(error)) this.find(`${what} failed with ${String(error)}, which is no error of ours`);
    this.count(`${what}: failed`);
  }

  /** Notes a call that has ended. */
  call(call: Call): void {
    this.count("calls");
    if (call.response === undefined) {
      this.count("calls that failed or were given up");
      this.#failed++;
    } else this.#durations.push(call.return - call.call);
  }

  /** What the time since the last sample looked like. */
  sample(heap: number): Sample {
    const sorted = this.#durations.sort((a, b) => a - b);
    const at = (share: number) => sorted[Math.floor(share * sorted.length)] ?? null;
    const failed = this.#failed;
    const sample = {
      at: Date.now(),
      p50: at(0.5),
      p99: at(0.99),
      calls: sorted.length + failed,
      failed,
      heap,
    };
    this.#durations = [];
    this.#failed = 0;
    return sample;
  }
}
