/**
 * Child processes that do not outlive their owner.
 *
 * @module
 */

import { type ChildProcess, spawn } from "node:child_process";
import type { Socket } from "node:net";

/**
 * Becomes the command, in a process group of its own, beside a guard that waits at descriptor 3. The end of that,
 * which comes with the owner's too, kills the whole group; a line there lets the guard go, as the command has ended.
 */
const SCRIPT = `
{ read -r _ <&3 || kill -s KILL -- -$$; } >/dev/null 2>&1 &
exec "$@" 3<&-
`;

/** How a guarded process is started. */
export interface GuardedOptions {
  readonly cwd?: string;
  /** The whole environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** A child process with pipes for its standard streams, and how to kill it. */
export interface Guarded {
  readonly child: ChildProcess;
  /** Kills it and all that it has started. Idempotent; does nothing once it has ended. */
  readonly kill: () => void;
}

/**
 * Starts a command through `sh`, so that a command that does not exist is an exit status like any other, and one
 * run permission is enough for all of the fixture.
 *
 * @param command A name to be found along `env.PATH`, or a path.
 */
export function spawnGuarded(
  command: string,
  args: readonly string[],
  { cwd, env }: GuardedOptions,
): Guarded {
  const child = spawn("sh", ["-c", SCRIPT, "sh", command, ...args], {
    cwd,
    detached: true,
    env: { ...env },
    stdio: ["pipe", "pipe", "pipe", "pipe"],
  });
  const guard = child.stdio[3] as Socket;
  for (const pipe of [guard, child.stdin!]) pipe.on("error", () => {}); // the other end has gone before us
  child.once("exit", () => guard.end("\n"));
  return { child, kill: () => guard.end() };
}
