/**
 * `deno task bench`: measures our client beside others, against one etcd; prints the table of ratios and draws it.
 *
 * @module
 */

import { Bed } from "./bed.ts";
import { runCold } from "./cold.ts";
import { allContenders, chooseContenders, prepareContenders } from "./contenders.ts";
import { type Finding, runConnect, runEntries } from "./limits.ts";
import { describeMachine, loadNow } from "./machine.ts";
import { MEASURES } from "./measures.ts";
import { type BenchOptions, readOptions, USAGE } from "./options.ts";
import { progress } from "./progress.ts";
import { assemble } from "./prepare/assemble.ts";
import { lastReport, publish } from "./report/files.ts";
import { judgeTargets, type Report, tabulate } from "./report/report.ts";
import { type Observer, type Results, runRounds, startWorkers } from "./rounds.ts";
import { installForBunAndNode } from "../tools/suite/install.ts";

/** Measures that are not made of workers' turns. */
const COLD = {
  name: "cold",
  title: "first get of a cold script, over an empty one",
  per: "start",
  latency: true,
};
const CONNECT = "connect";
const ENTRIES = "entries";
const NAMES = [...MEASURES.map(({ name }) => name), COLD.name, CONNECT, ENTRIES];

const options = readOptions(Deno.args);
if (options === undefined) {
  console.log(USAGE);
  console.log(`\nmeasures: ${NAMES.join(" ")}`);
  console.log(`contenders: ${allContenders().map(({ name }) => name).join(" ")}`);
} else {
  const report = options.redraw ? await lastReport() : await run(options);
  await publish(report);
}

async function run(options: BenchOptions): Promise<Report> {
  const { rounds, seconds, command } = options;
  const unknown = options.only?.find((name) => !NAMES.includes(name));
  if (unknown !== undefined) {
    throw new RangeError(`Cannot measure "${unknown}": choose of ${NAMES.join(", ")}`);
  }
  const taken = new Date().toISOString();
  const loadBefore = loadNow();
  const notes: string[] = [];
  const observer: Observer = { progress, note: (line) => notes.push(line) };

  progress("preparing", "packages of peers, the Go client's worker, JavaScript for Bun and Node");
  if (!await installForBunAndNode()) throw new Error("Cannot install what Bun and Node need");
  const contenders = await prepareContenders(chooseContenders(options.contenders), observer.note);
  await assemble();

  await using bed = await Bed.make();
  const { results, findings } = await measureAll(contenders, bed, options, observer);
  progress("", "");
  const machine = await describeMachine(bed.server.version, contenders, loadBefore);
  const tables = [...MEASURES, COLD].flatMap((measure) => {
    const found = results.get(measure.name);
    return found === undefined ? [] : [tabulate(measure, found)];
  });
  const targets = judgeTargets(results);
  const whole = options.only === undefined && options.contenders === undefined;
  return { taken, command, whole, rounds, seconds, machine, targets, findings, tables, notes };
}

async function measureAll(
  contenders: Awaited<ReturnType<typeof prepareContenders>>,
  bed: Bed,
  options: BenchOptions,
  observer: Observer,
): Promise<{ results: ReadonlyMap<string, Results>; findings: readonly Finding[] }> {
  const wanted = (name: string): boolean => options.only?.includes(name) ?? true;
  const results = new Map<string, Results>();
  const findings: Finding[] = [];
  await using stack = new AsyncDisposableStack();
  const workers = await startWorkers(contenders, bed, stack, observer);
  for (const measure of MEASURES) {
    if (!wanted(measure.name)) continue;
    results.set(measure.name, await runRounds(measure, workers, bed, options, observer));
  }
  if (wanted(CONNECT)) findings.push(...await runConnect(workers, bed, observer));
  if (wanted(COLD.name)) results.set(COLD.name, await runCold(bed.endpoint, options.rounds, observer));
  if (wanted(ENTRIES)) findings.push(...await runEntries(contenders, observer));
  return { results, findings };
}
