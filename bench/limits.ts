/**
 * What has a limit rather than a rival: round trips of a second communicator, and memory of a large read.
 *
 * @module
 */

import { EtcdClient } from "../mod.ts";
import { EtcdServer } from "../src/testing/mod.ts";
import { type Bed, fill, hostOf } from "./bed.ts";
import { type Contender, OURS } from "./contenders.ts";
import type { Observer, Workers } from "./rounds.ts";
import { WorkerProcess } from "./worker_process.ts";

/** What was found of one contender. */
export interface Finding {
  readonly name: string;
  /** What was measured. */
  readonly title: string;
  readonly found: string;
  readonly limit: string;
  readonly met: boolean;
}

/** By count: a call that waits for nothing but promises lets no timer run. */
const connects = { do: "calls", call: "connect", inFlight: 1, count: 20_000 } as const;

/** Counts what connecting and closing a communicator of a connected client sends to the server. */
export async function runConnect(workers: Workers, bed: Bed, { progress }: Observer): Promise<Finding[]> {
  const findings: Finding[] = [];
  progress("connect", "");
  for (const [contender, worker] of workers) {
    if (!isOurs(contender)) continue;
    await worker.run(connects);
    const before = await messagesReceived(bed.server);
    const { calls, seconds, cpu } = await worker.run(connects);
    const messages = await messagesReceived(bed.server) - before;
    const found = `${messages} messages in ${calls.toLocaleString("en")} times, ` +
      `${(seconds / calls * 1e6).toFixed(1)} µs and ${(cpu / calls * 1e6).toFixed(1)} µs of CPU each`;
    const title = "connect() and close() of a connected client";
    findings.push({ name: contender.name, title, found, limit: "0 messages", met: messages === 0 });
  }
  return findings;
}

const ENTRIES = 200_000;
const ENTRY_BYTES = 1_024;
const MEBIBYTE = 1_048_576;
const MAX_GROWTH = 64 * MEBIBYTE;

/** Reads 200,000 keys of 1 KiB by `entries`, on a server and in processes of their own. */
export async function runEntries(
  contenders: readonly Contender[],
  { progress, note }: Observer,
): Promise<Finding[]> {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint);
  await using communicator = await client.connect();
  progress("entries", "storing 200,000 keys of 1 KiB");
  await fill(communicator, "bench/entries/", ENTRIES, ENTRY_BYTES);
  const findings: Finding[] = [];
  for (const contender of contenders.filter(isOurs)) {
    progress("entries", contender.name);
    await using worker = await WorkerProcess.start(contender.command(hostOf(server)));
    const { calls, seconds, heapGrowth = 0, residentGrowth = 0 } = await worker.run({ do: "entries" });
    if (calls !== ENTRIES) note(`entries: ${contender.name} read ${calls}`);
    const found = `heap ${mebibytes(heapGrowth)}, resident ${mebibytes(residentGrowth)}, ` +
      `${seconds.toFixed(1)} s`;
    const title = "entries({ all: true }), 200,000 keys of 1 KiB: growth";
    const met = calls === ENTRIES && heapGrowth < MAX_GROWTH;
    findings.push({ name: contender.name, title, found, limit: `heap < ${mebibytes(MAX_GROWTH)}`, met });
  }
  return findings;
}

function isOurs({ name }: Contender): boolean {
  return name.startsWith(`${OURS}.`);
}

function mebibytes(bytes: number): string {
  return `${(bytes / MEBIBYTE).toFixed(0)} MiB`;
}

/** All messages that the server has received, and requests without any. */
async function messagesReceived(server: EtcdServer): Promise<number> {
  const lines = (await server.metrics()).split("\n");
  const counted = lines.filter((line) => /^grpc_server_(started|msg_received)_total\{/.test(line));
  return counted.reduce((sum, line) => sum + Number(line.split(" ").at(-1)), 0);
}
