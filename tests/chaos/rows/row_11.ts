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
import type { Row } from "../rig/trial/row.ts";
import type { Trial } from "../rig/trial/trial.ts";

/** Changes that are lost; far more than the calls after the loss make, so that the new store stays behind. */
const LOST = 200;
/** Calls that a client may have under way when it is told. */
const AT_ONCE = 3;

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
  // One for each kind of call to be the first: a client is told once.
  const callers = await Promise.all(CALLS.map(connect));
  const follower = trial.use(new Follower(await connect(), { prefix: "k/" }));
  await follower.ready;
  await Promise.all(Array.from({ length: LOST }, (_, i) => callers[0].put("k/a", `${name} ${i}`)));
  const revisions = await Promise.all(callers.map(async (c) => Number((await c.range("k/a")).revision)));
  await follower.until(revisions[0]);
  const last = follower.last;
  await how();
  await server.restart();
  const recorder = new Recorder();
  const stranger = await connect();
  const answers = await Promise.all(
    callers.map((c, index) => answersBeforeError(trial, recorder, stranger, { c, index, name })),
  );
  const sum = answers.reduce((all, one) => all + one);
  trial.figure(`${name}: linearizable responses before the error`, sum, 0);
  await follower.ended();
  assert(follower.error instanceof EtcdClusterChangedError, String(follower.error));
  trial.figure(`${name}: revisions delivered after it`, follower.last - last, 0);
  // Told once, clients go on with the cluster that there is now.
  const anew = await Promise.all(
    callers.map((c, i) => recorder.record(1 + AT_ONCE * i, c, put("k/b", `${i} anew`))),
  );
  assert(anew.every(({ response }) => response !== undefined), JSON.stringify(anew));
  await assertRejects(() => follower.until(last + 1), EtcdClusterChangedError);
  // What was called meanwhile was executed by the new store, or was not, as its error says.
  const end = Math.max(...anew.map(({ revision }) => revision!));
  const told = recorder.calls.filter((call) => call.request.kind !== "read" && saysChanged(call));
  trial.note(`${name}: writes that were told so`, told.length);
  const unsaid = told.filter(({ maybeExecuted }) => maybeExecuted !== "yes").length;
  trial.figure(`${name}: of them not known to be executed, though they were answered`, unsaid, 0);
  trial.check({ calls: [...kept, ...recorder.calls], watches: [], truth: await readTruth(server, end) });
}

/**
 * Calls, some at once, until one call says that the cluster is another.
 *
 * @param stranger A client that has seen the new store only; it makes the keys that are to be deleted.
 * @returns How many calls that began before were answered.
 */
async function answersBeforeError(
  { random }: Trial,
  recorder: Recorder,
  stranger: EtcdCommunicator,
  { c, index, name }: { readonly c: EtcdCommunicator; readonly index: number; readonly name: string },
): Promise<number> {
  for (let answers = 0, round = 0;; round++) {
    const kinds = Array.from({ length: 1 + random.below(AT_ONCE) }, () => random.pick(CALLS));
    if (round === 0) kinds[0] = CALLS[index];
    const proc = (i: number) => 1 + AT_ONCE * index + i;
    const requests = kinds.map((kind, i) => kind(`k/${name}/${index}-${round}-${i}`));
    await Promise.all(requests.map(async (request, i) => {
      const there = request.kind === "write" ? request.deletes : [];
      for (const key of there) await recorder.record(proc(i), stranger, put(key, `there ${key}`));
    }));
    const calls = await Promise.all(requests.map((request, i) => recorder.record(proc(i), c, request)));
    answers += calls.filter(({ response }) => response !== undefined).length;
    if (calls.some(saysChanged)) return answers;
    if (answers > 100) return answers;
  }
}

function saysChanged({ error }: Call): boolean {
  return error?.startsWith("EtcdClusterChangedError") ?? false;
}

function put(key: string, value: string): Operation {
  return { kind: "write", puts: [key], deletes: [], value };
}
