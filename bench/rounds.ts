/**
 * Turns, one contender after the other and round after round, so that drift of the machine hits all alike.
 *
 * @module
 */

import type { Bed } from "./bed.ts";
import type { Contender } from "./contenders.ts";
import type { Measure } from "./measures.ts";
import type { BenchOptions } from "./options.ts";
import { WorkerProcess } from "./worker_process.ts";
import type { Result } from "./workers/protocol.ts";

/** Results of a measure: of each contender one a round; undefined where a turn failed. */
export type Results = Map<string, (Result | undefined)[]>;

/** Is told what goes on. */
export interface Observer {
  /** What is measured, and whose turn it is. */
  progress(what: string, detail: string): void;
  /** What whoever reads the figures has to know. */
  note(line: string): void;
}

/** Workers that were started. */
export type Workers = ReadonlyMap<Contender, WorkerProcess>;

/** Starts the contenders' workers; those that cannot are noted. */
export async function startWorkers(
  contenders: readonly Contender[],
  bed: Bed,
  stack: AsyncDisposableStack,
  { note }: Observer,
): Promise<Workers> {
  const workers = new Map<Contender, WorkerProcess>();
  for (const contender of contenders) {
    try {
      workers.set(contender, stack.use(await WorkerProcess.start(contender.command(bed.endpoint))));
    } catch (error) {
      note(`without ${contender.name}: ${(error as Error).message}`);
    }
  }
  return workers;
}

/** Measures: a turn of each to warm up, then the rounds. */
export async function runRounds(
  measure: Measure,
  workers: Workers,
  bed: Bed,
  options: BenchOptions,
  observer: Observer,
): Promise<Results> {
  const results: Results = new Map();
  await measure.setUp?.(bed);
  for (const [contender, worker] of workers) {
    observer.progress(measure.title, `${contender.name} warms up`);
    if (await turn(measure, contender, worker, bed, options, observer)) results.set(contender.name, []);
  }
  for (let round = 1; round <= options.rounds; round++) {
    for (const [contender, worker] of workers) {
      const line = results.get(contender.name);
      if (line === undefined) continue;
      observer.progress(measure.title, `round ${round} of ${options.rounds}, ${contender.name}`);
      line.push(await turn(measure, contender, worker, bed, options, observer));
    }
    await measure.tidyUp?.(bed);
  }
  return results;
}

async function turn(
  measure: Measure,
  contender: Contender,
  worker: WorkerProcess,
  bed: Bed,
  options: BenchOptions,
  { note }: Observer,
): Promise<Result | undefined> {
  try {
    return await measure.turn(worker, bed, options);
  } catch (error) {
    const message = (error as Error).message;
    if (!message.startsWith("has no")) note(`${measure.name}: ${contender.name} failed: ${message}`);
    return undefined;
  }
}
