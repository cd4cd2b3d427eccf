/**
 * The client's own event loop stands still.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { Follower } from "../rig/history/follow.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Milliseconds. */
const BLOCK = 6_000;
/** The shortest that etcd allows, so that a ping is due and its answer overdue within one block. */
const KEEP_ALIVE = { time: 6_000, timeout: 500 };

export const row: Row = {
  number: 24,
  title: "block the event loop 6 s",
  promise: "connection kept: false drops = 0",
  async run(trial) {
    const blocks = trial.scale(2, 6);
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, { ...server.clientOptions, keepAlive: KEEP_ALIVE });
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    for (let i = 0; i < blocks; i++) {
      // Now and then a ping is on its way when the loop stops.
      await pause(i % 2 === 0 ? trial.random.between(0, 500) : KEEP_ALIVE.time - BLOCK / 2);
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK);
      const { revision } = await writer.put("k/a", `${i}`);
      await follower.until(Number(revision));
      assertEquals(await c.get("k/a"), `${i}`);
    }
    trial.note("blocks", blocks);
    trial.figure("false drops", trial.count("disconnected"), 0);
  },
};
