/**
 * How long a script takes from the start of its process to its first get, over one that does nothing.
 *
 * @module
 */

import { type Command, NICE_GRPC, OURS, script } from "./contenders.ts";
import type { Observer, Results } from "./rounds.ts";
import { type Runtime, RUNTIMES } from "../tools/suite/runtimes.ts";

/** Starts of each script in a round. */
const STARTS = 3;

/** Measures; one result is what the script took longer than an empty one, of the same runtime in the same round. */
export async function runCold(endpoint: string, rounds: number, { progress }: Observer): Promise<Results> {
  const results: Results = new Map();
  for (let round = 0; round <= rounds; round++) {
    for (const runtime of RUNTIMES) {
      progress("first get of a cold script", `round ${round} of ${rounds}, ${runtime}`);
      for (let start = 0; start < STARTS; start++) {
        const [empty, ours, nice] = await startAll(runtime, endpoint);
        if (round === 0) continue; // warms the caches of the runtime and the system
        add(results, `${OURS}.${runtime}`, ours - empty);
        add(results, `${NICE_GRPC}.${runtime}`, nice - empty);
        add(results, `empty.${runtime}`, empty);
      }
    }
  }
  return results;
}

async function startAll(runtime: Runtime, endpoint: string): Promise<number[]> {
  const commands: Command[] = [
    () => script(runtime, "bench/scripts/empty", false),
    () => [...script(runtime, "bench/scripts/etcetra", false), endpoint],
    () => [...script(runtime, "bench/scripts/nice_grpc", true), endpoint],
  ];
  const times: number[] = [];
  for (const command of commands) times.push(await firstLine(command(endpoint)));
  return times;
}

/** Seconds until a process writes something. */
async function firstLine([program, ...args]: readonly string[]): Promise<number> {
  const begun = performance.now();
  const child = new Deno.Command(program, { args, stdin: "null", stdout: "piped", stderr: "piped" }).spawn();
  const stderr = new Response(child.stderr).text();
  const reader = child.stdout.getReader();
  const { done } = await reader.read();
  const seconds = (performance.now() - begun) / 1_000;
  await reader.cancel();
  const { success } = await child.status;
  if (done || !success) throw new Error(`Cannot time ${[program, ...args].join(" ")}: ${await stderr}`);
  return seconds;
}

function add(results: Results, name: string, seconds: number): void {
  const line = results.get(name) ?? [];
  results.set(name, line);
  line.push({ calls: 1, seconds, cpu: 0, median: seconds * 1_000 });
}
