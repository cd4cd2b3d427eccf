/**
 * The server behind an endpoint loses its history.
 *
 * @module
 */

import { assert, assertRejects } from "@std/assert";
import { join } from "node:path";
import { rm } from "node:fs/promises";
import { EtcdClusterChangedError, type EtcdCommunicator } from "../../../mod.ts";
import { etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import type { Call, Operation } from "../rig/history/call.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { metric } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

/** Changes that are lost; far more than the calls after the loss make, so that the new store stays behind. */
const LOST = 200;
/** Calls that a client may have under way when it is told. */
const AT_ONCE = 3;

/** Bytes that the watches of callers may buffer; the changes that are lost have more. */
const BUFFERED = 1_000;
const WATCHERS = "etcd_debugging_mvcc_watcher_total";

/** What clients call after the loss, on keys that nobody else writes; the one to delete is there. */
const CALLS: readonly ((key: string) => Operation)[] = [
  () => ({ kind: "read", key: "k/a", serializable: false }),
  (key) => ({ kind: "write", puts: [`${key}/put`], deletes: [], value: key }),
  (key) => ({ kind: "write", puts: [], deletes: [`${key}/there`], value: key }),
  (key) => ({ kind: "write", puts: [`${key}/put`, `${key}/too`], deletes: [`${key}/there`], value: key }),
  (key) => ({ kind: "swap", key: `${key}/put`, expected: null, value: key }),
];

export const row: Row = {
  number: 11,
  title: "restore an older snapshot on the same ports; wipe and restart with the same flags",
  promise: "EtcdClusterChangedError within one linearizable response, also before a watch goes on",
  async run(trial) {
    const server = await trial.server();
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    const saved = new Recorder();
    for (let i = 0; i < 10; i++) await saved.record(0, direct, put("k/a", `${i}`));
    const snapshot = join(server.dataDir, "..", "snapshot.db");
    await etcdctl(server, ["snapshot", "save", snapshot]);
    try {
      await lose(trial, server, () => server.restore(snapshot), "restored", saved.calls);
      await lose(trial, server, () => server.wipe(), "wiped", []);
    } finally {
      await rm(snapshot, { force: true });
    }
  },
};

/** A client that calls. */
interface Caller {
  readonly c: EtcdCommunicator;
  /** What it calls first. */
  readonly first: (typeof CALLS)[number];
  /** One for each of its calls at once. */
  readonly procs: readonly number[];
  /** A watch that stands still while the calls are told of the change. */
  readonly stuck: Follower;
}

/**
 * Lets the server lose its history under clients that call and one that watches.
 *
 * @param kept What it does not lose.
 */
async function lose(
  trial: Trial,
  server: EtcdServer,
  how: () => Promise<void>,
  name: string,
  kept: readonly Call[],
): Promise<void> {
  const connect = () => trial.connect(server.endpoint, server.clientOptions);
  const resumed = Promise.withResolvers<void>();
  const callers: Caller[] = await Promise.all(CALLS.map(async (first, index) => {
    const c = await connect();
    const slow = { prefix: "k/", maxBufferedBytes: BUFFERED, pace: () => resumed.promise };
    const stuck = trial.use(new Follower(c, slow));
    await stuck.ready;
    return { c, first, stuck, procs: Array.from({ length: AT_ONCE }, (_, i) => 1 + AT_ONCE * index + i) };
  }));
  const follower = trial.use(new Follower(await connect(), { prefix: "k/" }));
  await follower.ready;
  await Promise.all(Array.from({ length: LOST }, (_, i) => callers[0].c.put("k/a", `${name} ${i}`)));
  const revisions = await Promise.all(callers.map(async ({ c }) => Number((await c.range("k/a")).revision)));
  await follower.until(revisions[0]);
  while (await metric(server, WATCHERS) > 1) await pause(10);
  const last = follower.last;
  await how();
  const recorder = new Recorder();
  const stranger = server.restart().then(connect);
  const answers = await Promise.all(
    callers.map((caller) => answersBeforeError(trial, recorder, stranger, caller)),
  );
  const sum = answers.reduce((all, one) => all + one);
  trial.figure(`${name}: linearizable responses before the error`, sum, 0);
  await follower.ended();
  assert(follower.error instanceof EtcdClusterChangedError, String(follower.error));
  trial.figure(`${name}: revisions delivered after it`, follower.last - last, 0);
  // Told once, calls go on with the cluster that there is now.
  const anew = await Promise.all(
    callers.map(({ c, procs }) => recorder.record(procs[0], c, put("k/b", `${procs[0]} anew`))),
  );
  assert(anew.every(({ response }) => response !== undefined), JSON.stringify(anew));
  await assertRejects(() => follower.until(last + 1), EtcdClusterChangedError);
  const end = await grow(recorder, await stranger, last);
  resumed.resolve();
  for (const { stuck } of callers) await assertRejects(() => stuck.until(end), EtcdClusterChangedError);
  // What was called meanwhile was executed by the new store, or was not, as its error says.
  const told = recorder.calls.filter((call) => call.request.kind !== "read" && saysChanged(call));
  trial.note(`${name}: writes that were told so`, told.length);
  const unsaid = told.filter(({ maybeExecuted }) => maybeExecuted !== "yes").length;
  trial.figure(`${name}: of them not known to be executed, though they were answered`, unsaid, 0);
  trial.check({ calls: [...kept, ...recorder.calls], watches: [], truth: await readTruth(server, end) });
}

/**
 * Calls, some at once, until one says that the cluster is another; some begin while there is no server.
 *
 * @param stranger A client that has seen the new store only; it makes the keys that are to be deleted.
 * @returns How many calls that began before were answered.
 */
async function answersBeforeError(
  { random }: Trial,
  recorder: Recorder,
  stranger: Promise<EtcdCommunicator>,
  { c, first, procs }: Caller,
): Promise<number> {
  let early = random.chance(0.5);
  for (let answers = 0, round = 0;; round++) {
    const requests = Array.from({ length: 1 + random.below(AT_ONCE) }, (_, i) => {
      const kind = round + i === 0 ? first : random.pick(CALLS);
      return kind(`k/${procs[i]}/${round}`);
    });
    const there = requests.flatMap((request) => request.kind === "write" ? request.deletes : []);
    if (!early || there.length > 0) {
      const other = await stranger;
      for (const key of there) await recorder.record(procs[0], other, put(key, `there ${key}`));
    }
    early = false;
    const calls = await Promise.all(requests.map((request, i) => recorder.record(procs[i], c, request)));
    answers += calls.filter(({ response }) => response !== undefined).length;
    if (calls.some(saysChanged) || answers > 100) return answers;
  }
}

/** Lets the new store come past the last revision of the old one; returns its own. */
async function grow(recorder: Recorder, stranger: EtcdCommunicator, last: number): Promise<number> {
  const calls = await Promise.all(
    Array.from(
      { length: last },
      (_, i) => recorder.record(1_000 + i, stranger, put(`k/more/${i}`, `more ${i}`)),
    ),
  );
  return Math.max(...calls.map(({ revision }) => revision!));
}

function saysChanged({ error }: Call): boolean {
  return error?.startsWith("EtcdClusterChangedError") ?? false;
}

function put(key: string, value: string): Operation {
  return { kind: "write", puts: [key], deletes: [], value };
}
