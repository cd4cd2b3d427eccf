/**
 * Which rows are tried in which order and mode, and which of them side by side.
 *
 * @module
 */

import type { Random } from "../rig/random.ts";
import type { Row } from "../rig/trial/row.ts";

/** A row that is to be run. */
export interface Try {
  readonly row: Row;
  readonly tls: boolean;
  readonly seed: number;
}

/** Rows that mostly wait: one of them does not disturb another. */
const WAITING: ReadonlySet<number> = new Set([4, 5, 14, 15, 16, 20, 24]);

/**
 * Rounds without end: each has every row once, in random order, in plaintext and over TLS by turns. What comes together
 * may run side by side.
 */
export function* rounds(rows: readonly Row[], random: Random): Generator<readonly Try[]> {
  const modes = new Map(rows.map((row) => [row, random.chance(0.5)]));
  for (;;) {
    const tries = shuffled(rows, random).map((row) => {
      const tls = row.tlsOnly || modes.get(row)!;
      modes.set(row, !tls);
      return { row, tls, seed: random.below(2 ** 32) };
    });
    yield* shuffled(batches(tries), random);
  }
}

/** One try of each row in each mode, all with one seed. */
export function* tryAgain(rows: readonly Row[], seed: number): Generator<readonly Try[]> {
  for (const row of rows) {
    for (const tls of row.tlsOnly ? [true] : [false, true]) yield [{ row, tls, seed }];
  }
}

/** Those that wait two by two, the others alone. */
function batches(tries: readonly Try[]): Try[][] {
  const [waiting, others] = [true, false].map((waits) =>
    tries.filter(({ row }) => WAITING.has(row.number) === waits)
  );
  const pairs = waiting.flatMap((_, i) => i % 2 === 0 ? [waiting.slice(i, i + 2)] : []);
  return [...pairs, ...others.map((one) => [one])];
}

function shuffled<T>(items: readonly T[], random: Random): T[] {
  const rest = [...items];
  return items.map(() => rest.splice(random.below(rest.length), 1)[0]);
}
