/**
 * The linearizability check of Wing and Gong, with Lowe's memory of what was tried: is there an order of the calls
 * that respects real time, in which each key behaves as a register? It looks at values only and trusts no revision.
 *
 * Keys are checked one by one, which is right for any history of single keys and necessary for transactions.
 * (Wing, Gong: Testing and Verifying Concurrent Objects, 1993. Lowe: Testing for Linearizability, 2017.)
 *
 * @module
 */

import { type Call, describe } from "../history/call.ts";
import { type Step, stepsOf } from "./steps.ts";

/** Steps of the search for one key after which it gives up. */
const PATIENCE = 5_000_000;

/**
 * Checks the linearizable calls.
 *
 * @returns What is wrong, one sentence a key; nothing where all is well.
 * @throws {RangeError} If the history is too tangled to be decided.
 */
export function checkLinearizable(calls: readonly Call[]): string[] {
  const findings: string[] = [];
  for (const [key, steps] of stepsOf(calls)) {
    const stuck = search(steps);
    if (stuck === undefined) continue;
    findings.push(`Key ${key} has no order: none goes beyond ${describe(stuck.call)}`);
  }
  return findings;
}

/** The beginning or the end of a step, in a list from which steps are lifted out once they have their place. */
interface Mark {
  readonly step: Step;
  readonly index: number;
  /** Of a beginning. */
  end?: Mark;
  previous: Mark | undefined;
  next: Mark | undefined;
}

/** @returns The step that no order gets past; undefined where there is an order. */
function search(steps: readonly Step[]): Step | undefined {
  const head = listOf(steps);
  const hashes = steps.map(() => [Math.random() * 2 ** 32 >>> 0, Math.random() * 2 ** 32 >>> 0] as const);
  const seen = new Set<string>();
  const placed: { readonly mark: Mark; readonly state: string | null }[] = [];
  let [state, high, low]: [string | null, number, number] = [null, 0, 0];
  let mark = head.next;
  let furthest: { readonly depth: number; readonly step: Step } | undefined;
  for (let count = 0; head.next !== undefined; count++) {
    if (count > PATIENCE) throw new RangeError(`Cannot decide on ${steps.length} calls of a key`);
    if (mark?.end !== undefined) {
      const { index, step } = mark;
      const [a, b] = hashes[index];
      const after = step.apply(state);
      const name = after === undefined ? "" : `${high ^ a} ${low ^ b} ${after}`;
      if (after === undefined || seen.has(name)) {
        mark = mark.next;
        continue;
      }
      seen.add(name);
      placed.push({ mark, state });
      [state, high, low] = [after, high ^ a, low ^ b];
      lift(mark);
      mark = head.next;
      continue;
    }
    // The end of a step that has no place yet: what was placed last has to go elsewhere.
    if (mark !== undefined && placed.length >= (furthest?.depth ?? 0)) {
      furthest = { depth: placed.length, step: mark.step };
    }
    const last = placed.pop();
    if (last === undefined) return furthest?.step ?? steps[0];
    const [a, b] = hashes[last.mark.index];
    [state, high, low] = [last.state, high ^ a, low ^ b];
    restore(last.mark);
    mark = last.mark.next;
  }
  return undefined;
}

/** Beginnings and ends in order of time; where they coincide, beginnings first, which forgives more. */
function listOf(steps: readonly Step[]): Mark {
  const marks = steps.flatMap((step, index) => {
    const end: Mark = { step, index, previous: undefined, next: undefined };
    const begin: Mark = { step, index, end, previous: undefined, next: undefined };
    return [{ time: step.begin, order: 0, mark: begin }, { time: step.end, order: 1, mark: end }];
  }).sort((a, b) => a.time === b.time ? a.order - b.order : a.time - b.time);
  const head: Mark = { step: steps[0], index: -1, previous: undefined, next: undefined };
  let last = head;
  for (const { mark } of marks) {
    last.next = mark;
    mark.previous = last;
    last = mark;
  }
  return head;
}

function lift(mark: Mark): void {
  unlink(mark);
  unlink(mark.end!);
}

/** In the opposite order of {@linkcode lift}: each goes back between the neighbours that it remembers. */
function restore(mark: Mark): void {
  relink(mark.end!);
  relink(mark);
}

function unlink({ previous, next }: Mark): void {
  if (previous !== undefined) previous.next = next;
  if (next !== undefined) next.previous = previous;
}

function relink(mark: Mark): void {
  if (mark.previous !== undefined) mark.previous.next = mark;
  if (mark.next !== undefined) mark.next.previous = mark;
}
