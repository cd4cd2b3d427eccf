/**
 * The client's own event loop stands still.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { type EtcdServer, LineProcess } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { ACK, type Frame, PING } from "../rig/proxy/frames.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";
import { tappedDialer } from "../rig/wire_tap.ts";

/** Milliseconds. */
const BLOCK = 6_000;
/** The shortest time that etcd allows, and a timeout that is over within one block. */
const KEEP_ALIVE = { time: 6_000, timeout: 3_000 };

export const row: Row = {
  number: 24,
  title: "block the event loop 6 s",
  promise: "connection kept: false drops = 0",
  async run(trial) {
    const blocks = trial.scale(2, 6);
    const server = await trial.server();
    let pinged = Promise.withResolvers<void>();
    const sent = ({ type, flags }: Frame) => {
      if (type === PING && flags !== ACK) pinged.resolve();
    };
    const options = { ...server.clientOptions, keepAlive: KEEP_ALIVE, dialer: tappedDialer({ sent }) };
    const c = await trial.connect(server.endpoint, options);
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    for (let i = 0; i < blocks; i++) {
      if (i % 2 === 0) await pause(trial.random.between(0, 500));
      else {
        // A ping is on its way when the loop stops, and its answer comes meanwhile.
        pinged = Promise.withResolvers();
        await server.pause();
        await pinged.promise;
        resumeLater(trial, server);
      }
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, BLOCK);
      const { revision } = await writer.put("k/a", `${i}`);
      await follower.until(Number(revision));
      assertEquals(await c.get("k/a"), `${i}`);
    }
    trial.note("blocks", blocks);
    trial.figure("false drops", trial.count("disconnected"), 0);
  },
};

/** Nothing in this process could: it stands still. */
function resumeLater(trial: Trial, { pid }: EtcdServer): void {
  trial.use(LineProcess.start("/bin/sh", ["-c", `sleep 1; kill -s CONT ${pid}`], {}));
}
