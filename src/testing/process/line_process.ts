/**
 * A process whose output is read line by line while it runs.
 *
 * @module
 */

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Becomes the command, beside a watch that kills it at the end of descriptor 3, which comes with that of the
 * owner. A line there is for a command that has ended.
 */
const SCRIPT = `
{ read -r _ <&3 || kill -s KILL $$; } >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** Bytes of standard error that are kept. */
const KEPT = 16_384;

/** A process whose standard output is read line by line. It does not outlive its owner. */
export class LineProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #chunks: AsyncIterable<string>;
  #stderr = "";
  /** Resolves to its exit status, or null if a signal ended it. */
  readonly exited: Promise<number | null>;
  /** What it writes to its standard output, without the line ends; can be iterated once, also bit by bit. */
  readonly lines: AsyncIterableIterator<string>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#chunks = child.stdout!.setEncoding("utf8") as AsyncIterable<string>;
    child.stderr!.setEncoding("utf8");
    child.stderr!.on("data", (text: string) => this.#stderr = (this.#stderr + text).slice(-KEPT));
    const guard = child.stdio[3] as Socket;
    guard.on("error", () => {});
    this.exited = new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("exit", (status) => {
        guard.end("\n");
        resolve(status);
      });
    });
    this.lines = this.#readLines();
  }

  /**
   * Starts a process.
   *
   * @param command The path of a program.
   * @param env Its whole environment.
   */
  static start(command: string, args: readonly string[], env: Readonly<Record<string, string>>): LineProcess {
    return new LineProcess(
      spawn("sh", ["-c", SCRIPT, "sh", command, ...args], {
        env: { ...env },
        stdio: ["ignore", "pipe", "pipe", "pipe"],
      }),
    );
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
    this.#child.kill(name);
  }

  /** Kills it, and waits until it has ended. Idempotent. */
  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    this.#child.stdout!.destroy();
    await this.exited;
  }

  /** As {@linkcode LineProcess.close}. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async *#readLines(): AsyncGenerator<string, void> {
    let rest = "";
    for await (const chunk of this.#chunks) {
      const lines = (rest + chunk).split("\n");
      rest = lines.pop()!;
      yield* lines;
    }
    if (rest) yield rest;
  }
}
