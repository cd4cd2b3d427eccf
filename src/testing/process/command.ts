/**
 * Running a command to its end.
 *
 * @module
 */

import { spawn } from "node:child_process";

/** How a command is run. */
export interface CommandOptions {
  /** @default the current directory */
  readonly cwd?: string;
  /** The whole environment of the command. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /**
   * What the command reads from its standard input.
   *
   * @default nothing
   */
  readonly input?: string;
  /** Ends the command; the promise rejects with its reason. */
  readonly signal?: AbortSignal;
}

/** What a command left. */
export interface CommandResult {
  /** The exit status: 127 if there is no such command, 128 and the signal's number if a signal ended it. */
  readonly status: number;
  /** What it wrote to its standard output. */
  readonly stdout: string;
  /** What it wrote to its standard error. */
  readonly stderr: string;
}

/**
 * Runs a command to its end, whatever its status.
 *
 * It goes through `sh`, so that a command that does not exist is a status like any other, and one run permission
 * is enough for all of the fixture.
 *
 * @param command A name to be found along `env.PATH`, or a path.
 * @throws The signal's reason.
 */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env, input = "", signal }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const child = spawn("sh", ["-c", 'exec "$@"', "sh", command, ...args], {
    cwd,
    env: { ...env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  child.stdin.on("error", () => {}); // ended without reading all of it
  child.stdin.end(input);
  const output = { stdout: "", stderr: "" };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].setEncoding("utf8");
    child[name].on("data", (text: string) => output[name] += text);
  }
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  const abort = () => child.kill("SIGTERM");
  signal?.addEventListener("abort", abort);
  child.once("error", reject);
  child.once("close", (code) => {
    signal?.removeEventListener("abort", abort);
    if (signal?.aborted) reject(signal.reason);
    else resolve({ status: code ?? 128, ...output });
  });
  return promise;
}

/**
 * Runs a command that has to succeed.
 *
 * @returns Its standard output.
 * @throws {Error} With the end of what it wrote, if its status is not 0.
 */
export async function succeed(
  command: string,
  args: readonly string[],
  options: CommandOptions,
): Promise<string> {
  const { status, stdout, stderr } = await run(command, args, options);
  if (status === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split("\n").slice(-3).join("; ");
  throw new Error(`\`${[command, ...args].join(" ")}\` failed with status ${status}: ${said}`);
}
