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
import { Follower } from "../rig/history/follow.ts";
import type { Row } from "../rig/trial/row.ts";
import type { Trial } from "../rig/trial/trial.ts";

export const row: Row = {
  number: 11,
  title: "restore an older snapshot on the same ports; wipe and restart with the same flags",
  promise: "EtcdClusterChangedError within one linearizable response, also before a watch goes on",
  async run(trial) {
    const server = await trial.server();
    const direct = await trial.connect(server.endpoint, server.clientOptions);
    for (let i = 0; i < 10; i++) await direct.put("k/a", `${i}`);
    const snapshot = join(server.dataDir, "..", "snapshot.db");
    await etcdctl(server, ["snapshot", "save", snapshot]);
    try {
      await lose(trial, server, () => server.restore(snapshot), "restored");
      await lose(trial, server, () => server.wipe(), "wiped");
    } finally {
      await rm(snapshot, { force: true });
    }
  },
};

/** Lets the server lose its history under a client that calls and one that watches. */
async function lose(trial: Trial, server: EtcdServer, how: () => Promise<void>, name: string): Promise<void> {
  const calling = await trial.connect(server.endpoint, server.clientOptions);
  const watching = await trial.connect(server.endpoint, server.clientOptions);
  const follower = trial.use(new Follower(watching, { prefix: "k/" }));
  await follower.ready;
  for (let i = 0; i < 20; i++) await calling.put("k/a", `${name} ${i}`);
  await follower.until(Number((await calling.range("k/a")).revision));
  const last = follower.last;
  await how();
  await server.restart();
  const answers = await answersBeforeError(calling);
  trial.figure(`${name}: linearizable responses before the error`, answers, 0);
  await follower.ended();
  assert(follower.error instanceof EtcdClusterChangedError, String(follower.error));
  trial.figure(`${name}: revisions delivered after it`, follower.last - last, 0);
  // Told once, the client goes on with the cluster that there is now.
  await calling.put("k/b", "anew");
  await assertRejects(() => follower.until(last + 1), EtcdClusterChangedError);
}

/** How many reads and writes succeed before one says that the cluster is another. */
async function answersBeforeError(c: EtcdCommunicator): Promise<number> {
  for (let answers = 0;; answers++) {
    try {
      await c.range("k/a", { timeout: 20_000 });
    } catch (error) {
      if (error instanceof EtcdClusterChangedError) return answers;
      throw error;
    }
    if (answers > 100) return answers;
  }
}
