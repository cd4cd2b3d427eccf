/**
 * One watcher is not read.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { atRest, usedMemory } from "../rig/gates/heap.ts";
import { Follower } from "../rig/history/follow.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Bytes of one value. */
const VALUE = 64 * 1024;
/** MiB: the default of `maxBufferedBytes`, and what everything else in the process may take meanwhile. */
const PROMISED = 16;
const BESIDE = 4;
/** MiB: three responses of the server, of which one is read in part and others are on their way. */
const RESPONSES = 6;
const OTHERS = 49;

export const row: Row = {
  number: 12,
  title: "one stuck reader of 50, 100 MB queued",
  promise: "the others flow, memory bounded: <= 16 MiB a watcher",
  async run(trial) {
    const puts = Math.ceil(trial.scale(50, 100) * 1e6 / VALUE);
    const server = await trial.server();
    const c = await trial.connect(server.endpoint, server.clientOptions);
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    // Its first revision is handed out; then nobody asks for more until all is written.
    const stuck = c.watchPrefix("big/");
    const reader = stuck.batches()[Symbol.asyncIterator]();
    await stuck.ready;
    const others = Array.from({ length: OTHERS }, () => trial.use(new Follower(c, { prefix: "small/" })));
    await Promise.all(others.map(({ ready }) => ready));
    const value = "x".repeat(VALUE);
    await writer.put("big/a", value);
    await reader.next();
    const before = await atRest(usedMemory);
    let slowest = 0;
    for (let i = 0; i < puts; i++) {
      await writer.put("big/a", value);
      if (i % 20 > 0) continue;
      const { revision } = await writer.put("small/a", `${i}`);
      const started = performance.now();
      await Promise.all(others.map((other) => other.until(Number(revision))));
      slowest = Math.max(slowest, performance.now() - started);
    }
    trial.duration("until the others have an event, at most", slowest, 1_000);
    const held = async () => (await atRest(usedMemory) - before) / 2 ** 20;
    trial.note("queued", Math.round(puts * VALUE / 1e6), "MB");
    trial.figure(`memory held, with ${BESIDE} MiB for all else`, await held(), PROMISED + BESIDE, "MiB");
    let revisions = 0;
    for (let newest = 0n; revisions < puts; revisions++) {
      await pause(1); // what is behind comes meanwhile
      const { value: batch } = await reader.next();
      if (batch.revision <= newest) throw new Error(`Revision ${batch.revision} came after ${newest}`);
      newest = batch.revision;
      if (revisions !== puts >> 1) continue;
      const limit = PROMISED + BESIDE + RESPONSES;
      trial.figure(
        `memory held halfway, with ${RESPONSES} MiB more for responses`,
        await held(),
        limit,
        "MiB",
      );
    }
    assertEquals(revisions, puts, "the stuck reader gets it all in the end");
    await stuck.close();
  },
};
