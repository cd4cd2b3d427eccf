/**
 * The clients under load, in a process of their own: `main.ts REQUEST`, where the request is JSON. It tells what it
 * sees by {@linkcode ClientMessage}s; whatever else it writes is a log, in which no secret may stand.
 *
 * @module
 */

import { readFile } from "node:fs/promises";
import process from "node:process";
import { type ClientEvent, EtcdClient, type EtcdCommunicator } from "../../../../mod.ts";
import { CallGate } from "../../rig/gates/calls.ts";
import { usedHeap } from "../../rig/gates/heap.ts";
import { LagMeter } from "../../rig/gates/lag.ts";
import { Random } from "../../rig/random.ts";
import { Journal } from "./journal.ts";
import { holdLeases } from "./leases.ts";
import { contend } from "./locks.ts";
import type { ClientMessage, ClientRequest, Identity } from "./messages.ts";
import { readStatic, writeStatic } from "./reads.ts";
import type { Scene } from "./scene.ts";
import { Secrets } from "./secrets.ts";
import { idle, openAndClose } from "./watches.ts";
import { runWindows } from "./windows.ts";

/** Milliseconds that calls may take if they are told nothing else; that of a client. */
const TIMEOUT = 10_000;
/** Milliseconds between two samples. */
const PERIOD = 1_000;

const secrets = new Secrets();
const journal = new Journal(secrets);
process.on("unhandledRejection", (reason) => {
  journal.shown("An unhandled rejection", reason);
  journal.find(`Unhandled rejection: ${reason instanceof Error ? reason.stack : String(reason)}`);
});

function tell(message: ClientMessage): void {
  console.log(JSON.stringify(message));
}

/** Clients that begin at one member each, and one more that is idle. */
async function connect(request: ClientRequest, gate: CallGate, stack: AsyncDisposableStack) {
  const { endpoints, password, identity } = request;
  const tls = async () => {
    const now: Identity = JSON.parse(await readFile(identity, "utf8"));
    secrets.addKey(now.key);
    return now;
  };
  const onEvent = (event: ClientEvent) => {
    journal.count(`event: ${event.type}`);
    journal.shown(`The event ${event.type}`, event);
  };
  const credentials = { username: "root", password };
  const communicators: EtcdCommunicator[] = [];
  for (let i = 0; i <= endpoints.length; i++) {
    const rotated = endpoints.map((_, j) => endpoints[(i + j) % endpoints.length]);
    const keepAlive = { time: 6_000, timeout: 2_000 };
    const client = new EtcdClient(rotated, { tls, credentials, onEvent, keepAlive });
    stack.use(client);
    journal.shown("A client", client);
    communicators.push(gate.watch(stack.use(await client.connect()), TIMEOUT));
  }
  return communicators;
}

async function run(request: ClientRequest): Promise<void> {
  await using stack = new AsyncDisposableStack();
  const lag = stack.use(new LagMeter());
  const gate = new CallGate(lag, request.grace, (error) => journal.shown("An error", error));
  const all = await connect(request, gate, stack);
  const stop = new AbortController();
  const random = new Random(request.seed);
  const scene: Scene = { random, journal, lag, communicators: all.slice(0, -1), stop: stop.signal };
  await writeStatic(all[0]);
  tell({ kind: "started", pid: process.pid });
  const sampling = setInterval(
    () => tell({ kind: "sample", sample: journal.sample(process.memoryUsage().heapUsed) }),
    PERIOD,
  );
  const others = [holdLeases, contend, readStatic, openAndClose].map((part) => part(scene));
  others.push(idle({ ...scene, communicators: all }));
  const { seconds, window, rate } = request;
  const extent = { total: seconds * 1000, window: window * 1000, rate };
  await runWindows(scene, extent, tell, () => {
    const heap = usedHeap();
    tell({ kind: "memory", memory: { at: Date.now(), heap, rss: process.memoryUsage().rss } });
  });
  tell({ kind: "ending" });
  stop.abort();
  await Promise.all(others);
  clearInterval(sampling);
  await stack.disposeAsync();
  await new Promise((resolve) => setTimeout(resolve, 0)); // for rejections that nobody handles
  const findings = [...journal.findings, ...gate.findings];
  tell({
    kind: "done",
    findings,
    counts: {
      ...journal.counts,
      "calls watched over": gate.calls,
      "ms after a deadline, at most": gate.latest,
    },
  });
}

await run(JSON.parse(process.argv[2])).catch((error) => {
  const findings = [
    ...journal.findings,
    `The load ended: ${error instanceof Error ? error.stack : String(error)}`,
  ];
  tell({ kind: "done", findings, counts: journal.counts });
});
