/**
 * A contender's process, seen from the bench.
 *
 * @module
 */

import { TextLineStream } from "./lines.ts";
import type { Command, Failure, Result } from "./workers/protocol.ts";

/** Milliseconds that a worker may take to start, or for a turn. */
const PATIENCE = 120_000;

type Line = Partial<Result & Failure & { ready: boolean; watching: boolean }>;

/** One worker, from its start until it is closed. */
export class WorkerProcess implements AsyncDisposable {
  readonly #child: Deno.ChildProcess;
  readonly #lines: ReadableStreamDefaultReader<string>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;
  readonly #stderr: Promise<string>;

  private constructor([program, ...args]: readonly string[]) {
    const streams = { stdin: "piped", stdout: "piped", stderr: "piped" } as const;
    this.#child = new Deno.Command(program, { args, ...streams }).spawn();
    this.#lines = this.#child.stdout
      .pipeThrough(new TextDecoderStream())
      .pipeThrough(new TextLineStream())
      .getReader();
    this.#input = this.#child.stdin.getWriter();
    this.#stderr = new Response(this.#child.stderr).text();
  }

  /**
   * Starts a worker.
   *
   * @returns The worker, once it is connected.
   * @throws {Error} If it ends instead, with what it said.
   */
  static async start(command: readonly string[]): Promise<WorkerProcess> {
    const worker = new WorkerProcess(command);
    await worker.#line();
    return worker;
  }

  /**
   * Has it do something.
   *
   * @param onWatching Called when a watch of new events is there.
   * @throws {Error} If it cannot.
   */
  async run(command: Command, onWatching?: () => void): Promise<Result> {
    await this.#input.write(new TextEncoder().encode(JSON.stringify(command) + "\n"));
    for (;;) {
      const line = await this.#line();
      if (line.error !== undefined) throw new Error(line.error);
      if (line.watching) onWatching?.();
      else return line as Result;
    }
  }

  /** Ends it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    await this.#lines.cancel().catch(() => {});
    try {
      this.#child.kill("SIGKILL");
    } catch {
      // It has ended by itself.
    }
    await this.#child.status;
    await this.#stderr;
  }

  async #line(): Promise<Line> {
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), PATIENCE);
    try {
      const { value, done } = await this.#lines.read();
      if (!done) return JSON.parse(value) as Line;
    } finally {
      clearTimeout(timer);
    }
    const { code } = await this.#child.status;
    const said = (await this.#stderr).trimEnd().split("\n").slice(-3).join(" | ");
    throw new Error(`the worker ended with code ${code}: ${said}`);
  }
}
