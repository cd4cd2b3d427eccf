/**
 * Starting `lock_child.ts` on the runtime that runs the tests.
 * @module
 */

import process from "node:process";
import { fileURLToPath } from "node:url";
import { type EtcdServer, LineProcess } from "../../src/testing/mod.ts";

/** What stands between the program of the runtime and the path of the script; the types are checked elsewhere. */
const RUN = "Deno" in globalThis ? ["run", "--quiet", "--no-check", "-P=test"] : [];

/** Starts a contender in a process of its own. */
export function startChild(server: EtcdServer, ...command: readonly string[]): LineProcess {
  const script = fileURLToPath(new URL("./lock_child.ts", import.meta.url));
  const connection = JSON.stringify({ endpoint: server.endpoint, options: server.clientOptions });
  const env = Object.entries(process.env)
    .filter((entry): entry is [string, string] => entry[1] !== undefined);
  return LineProcess.start(
    process.execPath,
    [...RUN, script, connection, ...command],
    Object.fromEntries(env),
  );
}

/** The next thing that it says. */
export async function said<T>(child: LineProcess): Promise<T> {
  const { value, done } = await child.lines.next();
  if (done) throw new Error(`The child ended: ${child.stderr}`);
  return JSON.parse(value);
}

/** Suspends a process, or lets it go on. */
export async function signal(pid: number, name: "STOP" | "CONT"): Promise<void> {
  // Deno's ChildProcess.kill sends one signal only.
  await using kill = LineProcess.start("/bin/sh", ["-c", `kill -s ${name} ${pid}`], {});
  if (await kill.exited !== 0) throw new Error(`Cannot signal ${pid}: ${kill.stderr}`);
}
