/**
 * Starting holders of locks, and suspending them.
 *
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { LineProcess } from "../../../src/testing/mod.ts";
import type { HolderReport, HolderRequest } from "./holder.ts";
import { OWN } from "./runtime.ts";
import type { Trial } from "./trial/trial.ts";

/** Seconds that locks live; more in the short form, in which all are to be held at first beside other tests. */
export function lockTtl(trial: Trial): number {
  return trial.scale(5, 2);
}

/** A holder of locks in a process of its own. */
export class Holder implements AsyncDisposable {
  readonly #process: LineProcess;
  readonly #pid: number;

  private constructor(process: LineProcess, pid: number) {
    this.#process = process;
    this.#pid = pid;
  }

  /** Starts one; resolves when it holds all its locks. */
  static async start(request: HolderRequest): Promise<Holder> {
    const script = fileURLToPath(new URL("./holder.ts", import.meta.url));
    const child = LineProcess.start(OWN.program, [...OWN.args, script, JSON.stringify(request)], process.env);
    const { pid } = await said<{ pid: number }>(child);
    return new Holder(child, pid);
  }

  /** Stops it in its tracks. */
  suspend(): Promise<void> {
    return signal(this.#pid, "STOP");
  }

  /** Lets it go on. */
  resume(): Promise<void> {
    return signal(this.#pid, "CONT");
  }

  /** What it says when all its locks are lost. */
  report(): Promise<HolderReport> {
    return said(this.#process);
  }

  /** Kills it. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#process.close();
  }
}

async function said<T>(child: LineProcess): Promise<T> {
  const { value, done } = await child.lines.next();
  if (done) throw new Error(`The holder ended: ${child.stderr}`);
  return JSON.parse(value);
}

/** Sends a signal to any process. */
export async function signal(pid: number, name: "STOP" | "CONT"): Promise<void> {
  // Deno's own children can be sent one signal only.
  await using kill = LineProcess.start("/bin/sh", ["-c", `kill -s ${name} ${pid}`], {});
  if (await kill.exited !== 0) throw new Error(`Cannot signal ${pid}: ${kill.stderr}`);
}
