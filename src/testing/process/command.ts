/**
 * Running a command to its end.
 *
 * @module
 */

import type { Readable } from "node:stream";
import { spawnGuarded } from "./guarded.ts";

/** The status of a command that a signal ended, whichever. */
const SIGNALLED = 128;

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
  /** The exit status: 127 if there is no such command, 128 if a signal ended it. */
  readonly status: number;
  /** What it wrote to its standard output. */
  readonly stdout: string;
  /** What it wrote to its standard error. */
  readonly stderr: string;
}

/**
 * Runs a command to its end, whatever its status.
 *
 * @param command A name to be found along `env.PATH`, or a path.
 * @throws The signal's reason, once the command and all that it had started were killed.
 */
export function run(
  command: string,
  args: readonly string[],
  { cwd, env, input = "", signal }: CommandOptions,
): Promise<CommandResult> {
  signal?.throwIfAborted();
  const { child, kill } = spawnGuarded(command, args, { cwd, env });
  child.stdin!.end(input);
  const stdout = collected(child.stdout!);
  const stderr = collected(child.stderr!);
  const { promise, resolve, reject } = Promise.withResolvers<CommandResult>();
  signal?.addEventListener("abort", kill);
  child.once("error", reject);
  child.once("close", (code) => {
    signal?.removeEventListener("abort", kill);
    if (signal?.aborted) reject(signal.reason);
    else resolve({ status: code ?? SIGNALLED, stdout: stdout(), stderr: stderr() });
  });
  return promise;
}

function collected(stream: Readable): () => string {
  let text = "";
  stream.setEncoding("utf8");
  stream.on("data", (chunk: string) => text += chunk);
  return () => text;
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
