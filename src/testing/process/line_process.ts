/**
 * A process whose output is read line by line while it runs.
 *
 * @module
 */

import { type Guarded, spawnGuarded } from "./guarded.ts";

/** Bytes of standard error that are kept. */
const KEPT = 16_384;

/** A process whose standard output is read line by line. It does not outlive its owner. */
export class LineProcess implements AsyncDisposable {
  readonly #process: Guarded;
  #stderr = "";
  /** Resolves to its exit status, or null if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** What it writes to its standard output, without the line ends; can be iterated once, also bit by bit. */
  readonly lines: AsyncIterableIterator<string>;

  private constructor(process: Guarded) {
    this.#process = process;
    const { child } = process;
    child.stdin!.end();
    child.stderr!.setEncoding("utf8");
    child.stderr!.on("data", (text: string) => this.#stderr = (this.#stderr + text).slice(-KEPT));
    this.exited = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => resolve(status));
    });
    this.lines = linesOf(child.stdout!.setEncoding("utf8") as AsyncIterable<string>);
  }

  /**
   * Starts a process.
   *
   * @param command The path of a program.
   * @param env Its whole environment.
   */
  static start(
    command: string,
    args: readonly string[],
    env: Readonly<Record<string, string | undefined>>,
  ): LineProcess {
    return new LineProcess(spawnGuarded(command, args, { env }));
  }

  /** The last of what it wrote to its standard error. */
  get stderr(): string {
    return this.#stderr;
  }

  /**
   * Sends it a signal.
   *
   * @param name Such as `"SIGINT"`, on which `etcdctl lock` gives its lock back.
   */
  signal(name: "SIGINT" | "SIGTERM" | "SIGKILL" | "SIGSTOP" | "SIGCONT"): void {
    this.#process.child.kill(name);
  }

  /** Kills it with all that it has started, and waits until it has ended. Idempotent. */
  async close(): Promise<void> {
    this.#process.kill();
    this.#process.child.stdout!.destroy();
    await this.exited;
  }

  /** As {@linkcode LineProcess.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string, void> {
  let rest = "";
  for await (const chunk of chunks) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop()!;
    yield* lines;
  }
  if (rest) yield rest;
}
