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
import { type Attack, ATTACKS } from "./attacks.ts";
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

/** What client.ts prints. */
interface Cost {
  readonly cpu: number;
  readonly peak: number;
  readonly kept: number;
  readonly took: number;
  readonly closed: number;
  readonly status: number;
  readonly why: string;
}

const COLUMNS = ["CPU ms", "peak MB", "kept MB", "took ms", "closed ms", "status"];

async function measureAll(wanted: string): Promise<void> {
  const server = spawn(process.execPath, running(SELF, "serve"), { stdio: ["pipe", "pipe", "inherit"] });
  const [line] = await once(server.stdout!.setEncoding("utf8"), "data");
  const [good, ...ports] = JSON.parse(line) as number[];
  console.log(`${COLUMNS.map((column) => column.padStart(10)).join("")}  attack`);
  for (const [i, attack] of ATTACKS.entries()) {
    if (!attack.what.includes(wanted)) continue;
    const args = running(CLIENT, String(i), String(ports[i]), String(good));
    const { stdout } = await promisify(execFile)(process.execPath, args, { timeout: 60_000 });
    print(attack, JSON.parse(stdout));
  }
  server.stdin!.end();
}

function print({ what, ends }: Attack, { cpu, peak, kept, took, closed, status, why }: Cost): void {
  const figures = [
    cpu.toFixed(0),
    peak.toFixed(1),
    kept.toFixed(1),
    took.toFixed(0),
    closed.toFixed(0),
    status,
  ];
  const unexpected = ends.includes(status) ? "" : `; expected status ${ends.join(" or ")}`;
  const line = figures.map((figure) => String(figure).padStart(10)).join("");
  console.log(`${line}  ${[what, why].filter(Boolean).join(": ")}${unexpected}`);
}

if (process.argv[2] === "serve") await serveAll();
else await measureAll(process.argv[2] ?? "");
