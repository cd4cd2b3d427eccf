/**
 * Many clients lose their cluster at once: two members are killed, and one stands still, which takes connections and
 * says nothing on them.
 *
 * @module
 */

import type { Dialer, EtcdCommunicator, Watcher } from "../../../mod.ts";
import type { EtcdCluster } from "../../../src/testing/mod.ts";
import { dial } from "../../../src/transport/net/dial.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { insist } from "../rig/load/insist.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

const CLIENTS = 200;
/** The same in the short form, beside other tests. */
const FEWER = 100;
/** Milliseconds. */
const DOWN = 30_000;
/** Milliseconds: dials are looked at in windows of this width. */
const WINDOW = 500;

/** A dial of a client. */
interface Dialed {
  readonly at: number;
  /** Whose, and which endpoint. */
  readonly pair: string;
}

export const row: Row = {
  number: 23,
  title: `${CLIENTS} clients, cluster down ${DOWN / 1000} s`,
  promise: "jittered redials: <= 8 per endpoint and client",
  async run(trial) {
    const cluster = await trial.cluster();
    const dials: Dialed[] = [];
    const clients = await connectAll(trial, cluster, dials, trial.scale(FEWER, CLIENTS));
    const watchers = await Promise.all(clients.filter((_, i) => i % 3 === 0).map(watchAndRenew));
    const down = performance.now();
    await Promise.all(cluster.servers.map((server, i) => i === 2 ? server.pause() : server.kill()));
    const answered = Promise.all(
      clients.map((c, i) => i % 3 === 1 ? patient(c) : i % 3 === 2 ? impatient(trial, c) : undefined),
    );
    await pause(down + DOWN - performance.now());
    const restarting = performance.now();
    await Promise.all(cluster.servers.map((server, i) => i === 2 ? server.resume() : server.restart()));
    await answered;
    await finish(new Recorder(), clients[0], "k/");
    await Promise.all(watchers.map((watcher) => watcher[Symbol.asyncIterator]().next()));
    trial.note("until all clients go on again", Math.round(performance.now() - restarting), "ms");
    const still = new URL(cluster.endpoints[2]).port;
    judge(trial, dials.filter(({ at }) => at >= down && at < down + DOWN), still);
    await Promise.all(watchers.map((watcher) => watcher.close()));
  },
};

/** Connects all clients, some at a time; their dials are written down. */
async function connectAll(
  trial: Trial,
  cluster: EtcdCluster,
  dials: Dialed[],
  count: number,
): Promise<EtcdCommunicator[]> {
  const clients: EtcdCommunicator[] = [];
  while (clients.length < count) {
    const some = Array.from({ length: 10 }, (_, i) => {
      const name = clients.length + i;
      const dialer: Dialer = (target, signal) => {
        dials.push({ at: performance.now(), pair: `${name} ${target.port}` });
        return dial(target, signal);
      };
      return trial.connect(cluster.endpoints, { ...cluster.clientOptions, dialer });
    });
    clients.push(...await Promise.all(some));
  }
  return clients;
}

/** One that calls nothing: its streams look for the cluster. */
async function watchAndRenew(c: EtcdCommunicator): Promise<Watcher<string>> {
  (await c.grantLease(60, { timeout: 60_000 })).keepAlive();
  const watcher = c.watchPrefix("k/");
  await watcher.ready;
  return watcher;
}

/** One call, for as long as it takes: a member that is back long before there is a leader refuses it in the end. */
async function patient(c: EtcdCommunicator): Promise<void> {
  const end = performance.now() + 4 * DOWN;
  await insist(() => c.get("k", { timeout: end - performance.now() }));
}

/** Calls that are given up after a moment, one after the other. */
async function impatient({ random }: Trial, c: EtcdCommunicator): Promise<void> {
  for (;;) {
    try {
      return void await c.get("k", { timeout: Math.ceil(random.between(100, 1_500)) });
    } catch {
      await pause(random.between(0, 100));
    }
  }
}

/** @param still The port of the member that was not killed. */
function judge(trial: Trial, dials: readonly Dialed[], still: string): void {
  const pairs = [...Map.groupBy(dials, ({ pair }) => pair).values()];
  trial.note("dials in all", dials.length);
  trial.figure(
    "dials of a client at an endpoint, at most",
    Math.max(...pairs.map(({ length }) => length)),
    8,
  );
  // Without jitter all come at once, but for what the machine itself delays.
  const last = pairs.filter(([{ pair }]) => !pair.endsWith(still)).map((pair) => pair.at(-1)!.at);
  const together = last.map((start) => last.filter((at) => at >= start && at < start + WINDOW).length);
  const share = Math.round(100 * Math.max(...together) / last.length);
  trial.figure(`last dials at those killed that fall together within ${WINDOW} ms`, share, 50, "%");
}
