/**
 * Calls, watches and streams are given up as soon as they are made.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { CallOptions, EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { metric } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";
import { tappedDialer, WindowCount, type Windows } from "../rig/wire_tap.ts";

/** How many at a time, and how often. */
const WIDTH = 100;
const ROUNDS = 100;
/** Milliseconds. */
const PROMISED = 5_000;
/** Milliseconds after which what is left has been left. */
const FOREVER = 40_000;
/** Characters of the large values: several frames, of which some come after they were given up. */
const LARGE = 100_000;

type Call = (c: EtcdCommunicator, options: CallOptions) => Promise<unknown>;

const CALLS: readonly Call[] = [
  (c, options) => c.put("small", "x", options),
  (c, options) => c.get("small", options),
  (c, options) => c.get("small", options),
  (c, options) => c.put("large", "x".repeat(LARGE), options),
  (c, options) => c.get("large", options),
];

export const row: Row = {
  number: 25,
  title: "10,000 aborted calls; 10,000 watches opened and closed",
  promise: "the server's watcher and stream gauges return: <= 5 s",
  async run(trial) {
    const server = await trial.server();
    const count = new WindowCount();
    const dialer = tappedDialer(count);
    const c = await trial.connect(server.endpoint, { ...server.clientOptions, dialer });
    await c.put("large", "x".repeat(LARGE));
    const lease = await c.grantLease(3_600);
    // Keeps the stream of watches open, so that each of the others has to be cancelled on it.
    const kept = c.watch("kept");
    await kept.ready;
    const [before, windows] = [await gauges(server), count.windows];
    const calls = () => abortAll(trial, (i, options) => CALLS[i % CALLS.length](c, options));
    await trial.repeat(trial.scale(ROUNDS, 5 * ROUNDS), calls);
    await trial.repeat(ROUNDS, () => openAndClose(trial, c));
    // Watches share a stream; each of these has one of its own.
    await trial.repeat(
      ROUNDS,
      () => abortAll(trial, (_, options) => c.keepLeaseAliveOnce(lease.id, options)),
    );
    const done = performance.now();
    const left = await eventually(() => leftOf(server, before), 0);
    trial.span("until the gauges are as before", done, performance.now(), PROMISED);
    trial.figure("watchers, streams and calls left at the server", left, 0);
    // Windows come back when half of them is used up, or less; and they may grow.
    const missing = await eventually(() => Promise.resolve(missingOf(windows, count.windows)), 50);
    trial.figure("part of a window that is missing", missing, 50, "%");
    trial.figure("connections lost", trial.count("disconnected"), 0);
    await kept.close();
    assert((await c.get("large"))?.length === LARGE, "the connection is good for a large answer");
  },
};

/** Makes calls and gives them all up: before, at once, on their way or while they are answered. */
async function abortAll(
  { random }: Trial,
  call: (index: number, options: CallOptions) => Promise<unknown>,
): Promise<void> {
  const { abort, signal } = abortable();
  const reason = new Error("enough");
  if (random.chance(0.1)) abort(reason); // before they are made
  const calls = Array.from({ length: WIDTH }, (_, i) => call(i, { signal }).catch((error) => error));
  await moment(random.below(5));
  abort(reason);
  for (const outcome of await Promise.all(calls)) {
    assert(!(outcome instanceof Error) || outcome === reason, String(outcome));
  }
}

function abortable(): { readonly abort: (reason: Error) => void; readonly signal: AbortSignal } {
  const controller = new AbortController();
  return { abort: (reason) => controller.abort(reason), signal: controller.signal };
}

/** Opens watches and closes them: at once, on their way or when they are there. */
async function openAndClose({ random }: Trial, c: EtcdCommunicator): Promise<void> {
  const watchers = Array.from({ length: WIDTH }, (_, i) => c.watch(`k/${i}`));
  if (random.chance(0.5)) await Promise.all(watchers.map(({ ready }) => ready));
  else await moment(random.below(4));
  await Promise.all(watchers.map((watcher) => watcher.close()));
}

/** The same turn of the event loop, its end, or some milliseconds. */
async function moment(length: number): Promise<void> {
  if (length === 1) await Promise.resolve();
  if (length > 1) await pause(length - 2);
}

/** A number, once it is no more than a limit or will never be. */
async function eventually(number: () => Promise<number>, limit: number): Promise<number> {
  const end = performance.now() + FOREVER;
  for (;;) {
    const now = await number();
    if (now <= limit || performance.now() > end) return now;
    await pause(50);
  }
}

/** What the server counts as going on. */
interface Gauges {
  readonly watchers: number;
  readonly streams: number;
  readonly calls: number;
}

async function leftOf(server: EtcdServer, before: Gauges): Promise<number> {
  const { watchers, streams, calls } = await gauges(server);
  const left = [watchers - before.watchers, streams - before.streams, calls - before.calls];
  return left.reduce((sum, one) => sum + Math.abs(one), 0);
}

async function gauges(server: EtcdServer): Promise<Gauges> {
  const [watchers, streams, started, handled] = await Promise.all([
    metric(server, "etcd_debugging_mvcc_watcher_total"),
    metric(server, "etcd_debugging_mvcc_watch_stream_total"),
    metric(server, "grpc_server_started_total"),
    metric(server, "grpc_server_handled_total"),
  ]);
  return { watchers, streams, calls: started - handled };
}

/** Of the window that has less of what it had, in percent. */
function missingOf(before: Windows, { toServer, toClient }: Windows): number {
  return Math.round(100 * Math.max(0, 1 - toServer / before.toServer, 1 - toClient / before.toClient));
}
