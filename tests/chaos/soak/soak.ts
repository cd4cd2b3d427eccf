/**
 * A soak: clients under a steady load, three members of etcd, and a random fault every few seconds. The clients run in
 * a process of their own, so that its memory is theirs, and what this one does delays no call.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../../src/testing/mod.ts";
import { Random } from "../rig/random.ts";
import { OWN } from "../rig/runtime.ts";
import type { ClientMessage, ClientRequest, Counts, Memory, Sample, Window } from "./client/messages.ts";
import { Secrets } from "./client/secrets.ts";
import { Injector } from "./injector.ts";
import { Judge } from "./judge.ts";
import { leftoversOf } from "./leftovers.ts";
import {
  broken,
  type Course,
  latencyFigures,
  leftoverFigures,
  memoryFigures,
  type SoakReport,
} from "./report.ts";
import { World } from "./world.ts";

/** How long, and how much. */
export interface SoakOptions {
  readonly seed: number;
  /** Seconds of load. */
  readonly seconds: number;
  /** Seconds of load that are judged together. */
  readonly window: number;
  /** Seconds from one fault to the next. */
  readonly period: number;
  /** Calls a second that are written down; others come on top. */
  readonly rate: number;
  /** Milliseconds by which a call may outlive its deadline. */
  readonly grace: number;
  /** Milliseconds within which the process has to end by itself once all is closed. */
  readonly end: number;
  /** Which etcd, as for the fixture. */
  readonly etcd?: string;
  /** Where histories of failures go. */
  readonly folder: string;
  /** Told what goes on. */
  readonly onProgress: (line: string) => void;
}

/** Seconds that all may take beyond the load: to come up, to finish windows amid faults, to close. */
const OVERTIME = 90;
/** Connections of each client to each member: one, and one more while it changes over. */
const CONNECTIONS = 2;

/** Runs one. */
export async function soak(options: SoakOptions): Promise<SoakReport> {
  const random = new Random(options.seed);
  options.onProgress("starting three members");
  await using world = await World.start(random.fork(), options.etcd);
  const { version } = world.cluster;
  options.onProgress(`etcd ${version}, ${world.tokens} tokens, seed ${options.seed}`);
  const run = new Run(world, random, options);
  await using judge = new Judge(world.cluster, options.folder, { seed: options.seed, etcd: version });
  await run.until(judge);
  await judge[Symbol.asyncDispose](); // its watch counts as well
  const figures = [
    ...memoryFigures(run.course),
    ...latencyFigures(run.course),
    {
      name: "connections of clients, at most",
      value: run.course.connections,
      unit: "",
      limit: (world.proxies.length + 1) * world.proxies.length * CONNECTIONS,
    },
    ...leftoverFigures(await leftoversOf(world)),
  ];
  const findings = [...run.findings, ...judge.findings, ...broken(figures)];
  return { course: run.course, figures, counts: run.counts, findings, files: judge.files };
}

/** The process of the clients, from its start to its end. */
class Run {
  readonly #world: World;
  readonly #options: SoakOptions;
  readonly #random: Random;
  readonly #started = Date.now();
  readonly #samples: Sample[] = [];
  readonly #memory: Memory[] = [];
  readonly #secrets = new Secrets();
  readonly findings: string[] = [];
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();
  #injector: Injector | undefined;
  #connections = 0;
  #judging: Promise<void> = Promise.resolve();
  #done = false;
  counts: Counts = {};

  constructor(world: World, random: Random, options: SoakOptions) {
    this.#world = world;
    this.#random = random;
    this.#options = options;
  }

  get course(): Course {
    return {
      started: this.#started,
      samples: this.#samples,
      memory: this.#memory,
      marks: this.#injector?.marks ?? [],
      connections: this.#connections,
    };
  }

  /** Runs until the process has ended. */
  async until(judge: Judge): Promise<void> {
    await using child = this.#start();
    const kill = (finding: string, after: number) => {
      this.#timers.add(setTimeout(() => {
        this.findings.push(finding);
        child.signal("SIGKILL");
      }, after));
    };
    kill("The load did not end", (this.#options.seconds + OVERTIME) * 1000);
    try {
      for await (const line of child.lines) {
        await this.#take(line, judge);
        const { end } = this.#options;
        if (this.#done) kill(`The process did not end ${end} ms after all was closed`, end);
      }
      const status = await child.exited;
      if (status !== 0 || !this.#done) {
        this.findings.push(`The process exited with status ${status}, done: ${this.#done}`);
      }
    } finally {
      for (const timer of this.#timers) clearTimeout(timer);
      await this.#endFaults();
    }
    await this.#judging;
    this.#look("The standard error of the process", child.stderr);
  }

  #start(): LineProcess {
    const { proxies, password, identity } = this.#world;
    const { seconds, window, rate, grace } = this.#options;
    const request: ClientRequest = {
      endpoints: proxies.map(({ address }) => `https://${address}`),
      password,
      identity,
      seed: this.#random.below(2 ** 32),
      seconds,
      window,
      rate,
      grace,
    };
    const script = fileURLToPath(new URL("./client/main.ts", import.meta.url));
    const env = { ...process.env, NO_COLOR: "1" };
    return LineProcess.start(OWN.program, [...OWN.args, script, JSON.stringify(request)], env);
  }

  /** Injects faults for as long as there is load, so that what goes on can end. */
  #inject(): Injector {
    const { period, seconds } = this.#options;
    const onFault = (name: string) => this.#progress(name);
    const injector = new Injector(this.#world, this.#random.fork(), period * 1000, onFault);
    this.#timers.add(setTimeout(() => injector.stop().catch(() => {}), seconds * 1000));
    return injector;
  }

  async #take(line: string, judge: Judge): Promise<void> {
    if (!line.startsWith("{")) return this.#look("The output of the process", line);
    const message: ClientMessage = JSON.parse(line);
    switch (message.kind) {
      case "started":
        this.#world.client = message.pid;
        this.#injector = this.#inject();
        return;
      case "sample":
        this.#connections = Math.max(this.#connections, this.#world.connections);
        this.#samples.push(message.sample);
        return;
      case "memory":
        this.#memory.push(message.memory);
        return;
      case "window":
        // Not waited for here: the process would be held up by what it writes.
        this.#judging = this.#judging.then(() => this.#judge(message.window, judge));
        return;
      case "ending":
        this.#progress("closing");
        return await this.#endFaults();
      case "done":
        this.#done = true;
        this.counts = message.counts;
        this.findings.push(...message.findings);
    }
  }

  async #endFaults(): Promise<void> {
    try {
      await this.#injector?.stop();
      await this.#world.heal();
    } catch (error) {
      this.findings.push(`A fault could not be injected or ended: ${String(error)}`);
    }
  }

  #look(what: string, text: string): void {
    for (const secret of this.#secrets.inText(text)) this.findings.push(`${what} shows ${secret}`);
    if (text.trim() !== "") this.#progress(`${what}: ${text.trim()}`);
  }

  async #judge(window: Window, judge: Judge): Promise<void> {
    try {
      await judge.judge(window);
    } catch (error) {
      this.findings.push(`Window ${window.index} could not be judged: ${String(error)}`);
    }
    const { heap = 0 } = this.#memory.at(-1) ?? {};
    const found = `${window.calls.length} calls, ${judge.findings.length} findings so far`;
    this.#progress(`window ${window.index}: ${found}, heap ${(heap / 1e6).toFixed(1)} MB`);
  }

  #progress(what: string): void {
    const seconds = Math.round((Date.now() - this.#started) / 1000);
    const time = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    this.#options.onProgress(`${time.padStart(6)}  ${what}`);
  }
}
