/**
 * A process that does not outlive its owner.
 *
 * A small shell program of its own process group stands between: it starts, signals and awaits the command, and
 * listens on a pipe that the kernel closes when the owner ends, be it by close, Ctrl-C, a crash or `kill -9`. It
 * detaches at once, so that the owner holds no child process and no handler for signals or exit: nothing keeps
 * its event loop alive, and a test runner that counts resources sees none.
 *
 * @module
 */

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { KEEPER_SCRIPT } from "./keeper_script.ts";

/** One life of the command. */
export interface Run {
  /** Its process id. */
  readonly pid: number;
  /** Resolves to its exit status: 128 and the signal's number if a signal ended it. */
  readonly exited: Promise<number>;
}

/** A command on its way to the shell program. */
interface Request extends PromiseWithResolvers<void> {
  /** What the program says when it is done. */
  readonly answer: string;
}

/** The status of a process that SIGKILL ended. */
const KILLED = 128 + 9;

/** Keeps one command: runs it, any number of times but one at a time, until it is closed. */
export class Keeper {
  readonly #line: Socket;
  readonly #gone: Promise<void>;
  readonly #requests: Request[] = [];
  #heard = "";
  #holds = 0;
  /** The last life, and how to end it while it lasts. */
  #run: Run | undefined;
  #ended: ((status: number) => void) | undefined;
  #closing: Promise<void> | undefined;

  private constructor(line: Socket) {
    this.#line = line;
    this.#gone = new Promise((resolve) => line.once("close", () => resolve(this.#lose())));
    line.on("error", () => {}); // the close that follows says it
    line.setEncoding("utf8");
    line.on("data", (text: string) => this.#hear(text));
    line.unref();
  }

  /**
   * Makes ready to run a command.
   *
   * @param directory Where the output goes, as `log`. It is removed in the end, so it has to be the keeper's own.
   * @param command The path of a program and its arguments.
   * @param env The whole environment of the command.
   * @returns The keeper; nothing runs yet.
   */
  static async open(
    directory: string,
    command: readonly string[],
    env: Readonly<Record<string, string>>,
  ): Promise<Keeper> {
    const shell = spawn("sh", ["-c", KEEPER_SCRIPT, "sh", directory, ...command], {
      detached: true,
      env: { ...env },
      stdio: ["ignore", "ignore", "ignore", "pipe"],
    });
    const exit = once(shell, "exit"); // rejects if there is no shell
    exit.catch(() => {});
    const keeper = new Keeper(shell.stdio[3] as Socket);
    await exit;
    return keeper;
  }

  /** The life that is under way, if one is. */
  get run(): Run | undefined {
    return this.#ended && this.#run;
  }

  /**
   * Runs the command.
   *
   * @throws {Error} If it runs already, or the keeper was closed.
   */
  async start(): Promise<Run> {
    if (this.run) throw new Error(`Cannot start: process ${this.run.pid} runs`);
    await this.#ask("start", "started");
    return this.#run!;
  }

  /**
   * Sends a signal to what runs; resolves when it was sent.
   *
   * @param name Such as `"KILL"`.
   * @throws {Error} If the keeper was closed.
   */
  signal(name: string): Promise<void> {
    return this.#ask(`signal ${name}`, `sent ${name}`);
  }

  /** Ends what runs by a signal; resolves when it has ended, at once if nothing runs. */
  async end(name: "KILL" | "TERM"): Promise<void> {
    const { run } = this;
    if (run) await this.#hold(Promise.all([this.signal(name), run.exited]));
  }

  /** Waits until what runs, if anything does, has ended by itself. */
  async ended(): Promise<void> {
    if (this.run) await this.#hold(this.run.exited);
  }

  /** Kills what runs and removes the directory. Idempotent. */
  close(): Promise<void> {
    if (!this.#closing) {
      this.#line.end();
      this.#closing = this.#hold(this.#gone);
    }
    return this.#closing;
  }

  #ask(command: string, answer: string): Promise<void> {
    if (this.#closing || this.#line.destroyed) return Promise.reject(new Error(`Cannot ${command}: closed`));
    const request = { answer, ...Promise.withResolvers<void>() };
    this.#requests.push(request);
    this.#line.write(`${command}\n`);
    return this.#hold(request.promise);
  }

  /** Keeps the event loop alive while `work` is pending, since the line by itself does not. */
  async #hold<T>(work: Promise<T>): Promise<T> {
    if (this.#holds++ === 0) this.#line.ref();
    try {
      return await work;
    } finally {
      if (--this.#holds === 0) this.#line.unref();
    }
  }

  #hear(text: string): void {
    const lines = (this.#heard + text).split("\n");
    this.#heard = lines.pop()!;
    for (const line of lines) this.#take(line);
  }

  #take(line: string): void {
    const [verb, argument] = line.split(" ");
    switch (verb) {
      case "started":
        this.#begin(Number(argument));
        return this.#answer(verb);
      case "exited":
        return this.#end(Number(argument));
      default:
        return this.#answer(line);
    }
  }

  #answer(answer: string): void {
    const index = this.#requests.findIndex((request) => request.answer === answer);
    if (index >= 0) this.#requests.splice(index, 1)[0].resolve();
  }

  #begin(pid: number): void {
    const { promise: exited, resolve } = Promise.withResolvers<number>();
    this.#run = { pid, exited };
    this.#ended = resolve;
  }

  #end(status: number): void {
    this.#ended?.(status);
    this.#ended = undefined;
  }

  /** The shell program is gone, and what it ran with it. */
  #lose(): void {
    this.#end(KILLED);
    for (const { reject } of this.#requests.splice(0)) reject(new Error("The process was closed"));
  }
}
