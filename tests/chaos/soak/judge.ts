/**
 * Judges a soak window by window, against the truth, and forgets what it has judged.
 *
 * @module
 */

import { etcdctl, type EtcdctlTarget } from "../../../src/testing/mod.ts";
import { check, type Evidence } from "../rig/check/all.ts";
import { checkWrites } from "../rig/check/writes.ts";
import type { Call } from "../rig/history/call.ts";
import { type SoakName, writeEvidence } from "../rig/history/evidence_file.ts";
import { Oracle } from "../rig/history/oracle.ts";
import { type Revision, show, Timeline } from "../rig/history/truth.ts";
import type { Window } from "./client/messages.ts";

/** Windows that can still be read: a quiet watch may lag behind by some minutes, and must not be compacted away. */
const KEPT = 10;

/** See the module. */
export class Judge implements AsyncDisposable {
  readonly #target: EtcdctlTarget;
  readonly #oracle: Oracle;
  readonly #folder: string;
  readonly #soak: SoakName;
  readonly findings: string[] = [];
  readonly files: string[] = [];
  /** Writes of windows that are over, which may have been executed and were not yet. */
  #open: readonly Call[] = [];
  #ends: readonly number[] = [];

  /**
   * @param target Past all proxies.
   * @param folder Where the histories of failures go.
   * @param soak What their files say of where they come from.
   */
  constructor(target: EtcdctlTarget, folder: string, soak: SoakName) {
    this.#target = target;
    this.#folder = folder;
    this.#soak = soak;
    this.#oracle = new Oracle(target);
  }

  /** Judges a window; they have to come in order. */
  async judge({ index, prefix, calls, watches, end }: Window): Promise<void> {
    await this.#oracle.until(end);
    const all = this.#oracle.take(end);
    const truth = all.map((one) => within(one, prefix)).filter(({ changes }) => changes.length > 0);
    await this.#check(index, "calls", { calls, watches: [], truth });
    await this.#check(index, "watches", { watches, truth: all });
    const late = all.map((one) => within(one, "w/")).filter(({ changes }) =>
      changes.length > 0 && !changes[0].key.startsWith(prefix)
    );
    this.#checkLate(late);
    const { executed } = checkWrites(calls, new Timeline(truth));
    this.#open = [
      ...this.#open,
      ...calls.filter((call) =>
        call.request.kind !== "read" && call.response === undefined && call.maybeExecuted !== "no" &&
        !executed.has(call)
      ),
    ];
    await this.#compact(end);
  }

  /** Ends it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#oracle.close();
  }

  async #check(window: number, of: string, evidence: Evidence): Promise<void> {
    const findings = check(evidence);
    if (findings.length === 0) return;
    this.findings.push(...findings.slice(0, 10));
    const path = `${this.#folder}/window-${window}-${of}.json`;
    const report = { figures: [], gates: [], findings };
    await writeEvidence(path, { about: { soak: this.#soak, window }, report, ...evidence });
    this.files.push(path);
  }

  /** What members held back while they were stopped may come after the window that it is of, once. */
  #checkLate(late: readonly Revision[]): void {
    for (const one of late) {
      const writer = this.#open.find((call) => isBy(one, call));
      if (writer === undefined) this.findings.push(`${show(one)} came late and was written by nobody`);
      else this.#open = this.#open.filter((call) => call !== writer);
    }
  }

  async #compact(end: number): Promise<void> {
    this.#ends = [...this.#ends, end].slice(-KEPT);
    if (this.#ends.length < KEPT) return;
    // A member may be away or without a leader just now; the next window compacts as well.
    await etcdctl(this.#target, ["compaction", String(this.#ends[0])]).catch(() => {});
  }
}

function within({ revision, changes }: Revision, prefix: string): Revision {
  return { revision, changes: changes.filter(({ key }) => key.startsWith(prefix)) };
}

function isBy({ changes }: Revision, { request }: Call): boolean {
  if (request.kind === "read") return false;
  const put = changes.find(({ type }) => type === "PUT");
  if (put !== undefined) return put.value === request.value;
  return request.kind === "write" && changes.every(({ key }) => request.deletes.includes(key));
}
