/**
 * A worker's main loop, the same for every client in JavaScript: what is measured differs, how it is measured does not.
 *
 * @module
 */

import process from "node:process";
import { createInterface } from "node:readline";
import { median } from "../statistics.ts";
import type { CallName, CallsCommand, Command, Failure, Result, WatchCommand } from "./protocol.ts";

/** One call, by the one of so many in flight that `slot` counts. */
export type Call = (slot: number) => Promise<unknown>;

/** A kind of call, for one turn. */
export interface Job {
  readonly call: Call;
  /** Gives back what the turn needed. */
  end?(): Promise<unknown>;
}

/** A client under measurement. */
export interface Subject {
  /** The call by that name, made ready; undefined where the client has none. */
  job(name: CallName): Promise<Job> | Job | undefined;
  /**
   * Reads so many events, text and all.
   *
   * @param from The revision of the first one; where it is undefined, `watching` is called once new ones are seen.
   */
  watch(events: number, from: bigint | undefined, watching: () => void): Promise<void>;
  /** Reads all keys page by page and reports after each; for our own client only. */
  entries?(onPage: () => void): Promise<number>;
}

/** Answers commands until the input ends. */
export async function serve(subject: Subject): Promise<void> {
  say({ ready: true });
  for await (const line of createInterface({ input: process.stdin })) {
    say(await answer(subject, JSON.parse(line) as Command));
  }
  process.exit(0);
}

/** The endpoint that the bench gave, as `host:port`. */
export const endpoint: string = process.argv[2];

function say(line: Result | Failure | Readonly<Record<string, boolean>>): void {
  process.stdout.write(JSON.stringify(line) + "\n");
}

async function answer(subject: Subject, command: Command): Promise<Result | Failure> {
  try {
    if (command.do === "watch") return await watch(subject, command);
    if (command.do === "entries") return await entries(subject);
    return await calls(subject, command);
  } catch (error) {
    return { error: String(error) };
  }
}

async function calls(subject: Subject, command: CallsCommand): Promise<Result | Failure> {
  const job = await subject.job(command.call);
  if (job === undefined) return { error: `has no ${command.call}` };
  const result = await repeat(job.call, command);
  await job.end?.();
  return result;
}

async function repeat(
  call: Call,
  { inFlight, milliseconds, count = Infinity }: CallsCommand,
): Promise<Result> {
  let calls = 0;
  let stopped = false;
  const latencies: number[] = [];
  const one = async (slot: number): Promise<void> => {
    while (!stopped && calls < count) {
      calls++;
      await call(slot);
    }
  };
  const oneTimed = async (): Promise<void> => {
    while (!stopped && calls < count) {
      calls++;
      const begun = performance.now();
      await call(0);
      latencies.push(performance.now() - begun);
    }
  };
  const timer = milliseconds === undefined ? undefined : setTimeout(() => stopped = true, milliseconds);
  const used = stopwatch();
  if (inFlight === 1) await oneTimed();
  else await Promise.all(Array.from({ length: inFlight }, (_, slot) => one(slot)));
  const spent = used();
  clearTimeout(timer);
  return { calls, ...spent, median: latencies.length > 0 ? median(latencies) : undefined };
}

async function watch(subject: Subject, { events, from }: WatchCommand): Promise<Result> {
  let used = stopwatch();
  await subject.watch(events, from === undefined ? undefined : BigInt(from), () => {
    say({ watching: true });
    used = stopwatch();
  });
  return { calls: events, ...used() };
}

async function entries(subject: Subject): Promise<Result> {
  if (subject.entries === undefined) return { calls: 0, seconds: 0, cpu: 0 };
  const heap = growth(() => heapBytes());
  const resident = growth(() => process.memoryUsage.rss());
  const used = stopwatch();
  const calls = await subject.entries(() => {
    heap.look();
    resident.look();
  });
  return { calls, ...used(), heapGrowth: heap.most(), residentGrowth: resident.most() };
}

function heapBytes(): number {
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

function growth(now: () => number): { look(): void; most(): number } {
  const before = now();
  let most = 0;
  return {
    look: () => most = Math.max(most, now() - before),
    most: () => most,
  };
}

/** Starts counting time and CPU; what it returns tells both, in seconds. */
function stopwatch(): () => { seconds: number; cpu: number } {
  const cpu = process.cpuUsage();
  const begun = performance.now();
  return () => {
    const seconds = (performance.now() - begun) / 1_000;
    const { user, system } = process.cpuUsage(cpu);
    return { seconds, cpu: (user + system) / 1e6 };
  };
}
