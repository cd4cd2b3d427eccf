/**
 * Prints what each attack costs a client, in CPU and memory, on the runtime that runs this:
 *
 * ```sh
 * deno run -A tests/http2/attacks/measure.ts
 * node tests/http2/attacks/measure.ts
 * bun tests/http2/attacks/measure.ts PING
 * ```
 *
 * @module
 */

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { ATTACKS } from "./attacks.ts";
import { AttackServer } from "./server.ts";

const SELF = fileURLToPath(import.meta.url);
const CLIENT = fileURLToPath(new URL("client.ts", import.meta.url));

/** The arguments that let this runtime run a file. */
function running(file: string, ...args: readonly string[]): string[] {
  if ("Deno" in globalThis) {
    return ["run", "-A", "--no-check", "--quiet", "--v8-flags=--expose-gc", file, ...args];
  }
  return "Bun" in globalThis ? ["run", file, ...args] : ["--expose-gc", file, ...args];
}

/** The server's process: tells its ports, the good one and one for each attack, and ends with its input. */
async function serveAll(): Promise<void> {
  const ports: number[] = [];
  for (const attack of [undefined, ...ATTACKS]) ports.push((await AttackServer.start(attack)).port);
  console.log(JSON.stringify(ports));
  process.stdin.on("end", () => process.exit()).resume();
}

async function measureAll(wanted: string | undefined): Promise<void> {
  const server = spawn(process.execPath, running(SELF, "serve"), { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(server.stdout!.setEncoding("utf8"), "data");
  const [good, ...ports] = JSON.parse(line) as number[];
  console.log("   CPU     peak     kept     call   closed  status  attack");
  for (const [i, { what, after = "call", ends }] of ATTACKS.entries()) {
    if (wanted !== undefined && !what.includes(wanted)) continue;
    const args = running(CLIENT, String(ports[i]), after, String(good));
    const { stdout } = await promisify(execFile)(process.execPath, args);
    const { cpu, peak, kept, took, closed, status, how } = JSON.parse(stdout);
    const ms = (value: number) => `${value.toFixed(0).padStart(5)} ms`;
    const mib = (value: number) => `${value.toFixed(1).padStart(6)} MB`;
    const expected = ends.includes(status) ? "" : ` expected ${ends}`;
    console.log(
      `${ms(cpu).slice(1)} ${mib(peak)}${mib(kept)} ${ms(took)} ${ms(closed)} ${
        String(status).padStart(6)
      }  ${what}${expected} ${how}`,
    );
  }
  server.stdin!.end();
}

if (process.argv[2] === "serve") await serveAll();
else await measureAll(process.argv[2]);
