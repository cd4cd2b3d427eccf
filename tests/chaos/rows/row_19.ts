/**
 * The disk quota of the server is used up.
 *
 * @module
 */

import { assert } from "@std/assert";
import { EtcdNoSpaceError } from "../../../mod.ts";
import { callsOf } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";

const QUOTA = 16 * 1024 * 1024;
const VALUE = 500_000;

export const row: Row = {
  number: 19,
  title: "16 MiB quota reached",
  promise:
    'EtcdNoSpaceError with `maybeExecuted: "unknown"`, not retried: 1 attempt; reads and deletes go on',
  async run(trial) {
    const server = await trial.server({ args: [`--quota-backend-bytes=${QUOTA}`] });
    const c = await trial.connect(server.endpoint, server.clientOptions);
    let [failures, present, most] = [0, 0, 0];
    for (let i = 0; failures < 3; i++) {
      assert(i < 1_000, "the quota is never reached");
      const before = await callsOf(server, "Put");
      try {
        await c.put(`k/${i}`, "x".repeat(VALUE));
      } catch (error) {
        assert(error instanceof EtcdNoSpaceError, String(error));
        assert(error.maybeExecuted === "unknown", error.maybeExecuted);
        most = Math.max(most, await callsOf(server, "Put") - before);
        failures++;
        if ((await c.count(`k/${i}`)) > 0) present++;
      }
    }
    trial.figure("attempts", most, 1);
    trial.note("refused puts that were executed all the same", present);
    assert((await c.getEntry("k/0")) !== null, "reads go on");
    const { deleted } = await c.delete("k/0");
    trial.figure("deletes that failed", 1 - deleted, 0);
  },
};
