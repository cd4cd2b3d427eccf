/**
 * A holder of a lock writes after it has lost it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { readTruth } from "../rig/history/oracle.ts";
import { Holder } from "../rig/suspend.ts";
import type { Row } from "../rig/trial/row.ts";

const LOCKS = 20;
/** Seconds. */
const TTL = 2;

export const row: Row = {
  number: 16,
  title: "pause a lock holder past its TTL; another acquires",
  promise: "the guarded write of the first is refused: stale writes = 0",
  async run(trial) {
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const { endpoint, clientOptions: options } = server;
    const holder = trial.use(await Holder.start({ endpoint, options, locks: LOCKS, ttl: TTL, writes: true }));
    while ((await c.count({ prefix: "written/" })) < LOCKS);
    await holder.suspend();
    await Promise.all(Array.from({ length: LOCKS }, async (_, i) => {
      const lock = await c.lock(`jobs/${i}`, { timeout: 60_000 });
      await lock.put(`written/${i}`, "second");
    }));
    await holder.resume();
    const { refused } = await holder.report();
    const { revision } = await c.put("end", "end");
    const truth = await readTruth(server, Number(revision));
    const changes = truth.flatMap((one) => one.changes).filter(({ key }) => key.startsWith("written/"));
    const stale = changes.filter(({ prev, value }) => prev?.value === "second" && value !== "second");
    trial.note("locks", LOCKS);
    trial.note("guarded writes", changes.length);
    trial.figure("stale writes", stale.length, 0);
    assertEquals(refused, Array(LOCKS).fill(true), "the first is told");
  },
};
