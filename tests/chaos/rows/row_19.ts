/**
 * The disk quota of the server is used up.
 *
 * @module
 */

import { assert, assertRejects } from "@std/assert";
import { type EtcdCommunicator, EtcdNoSpaceError } from "../../../mod.ts";
import { callsOf } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";

const QUOTA = 16 * 1024 * 1024;
const VALUE = "x".repeat(500_000);

/** What etcd refuses then; `KEY` is not there before. */
const WRITES: readonly (readonly [method: string, (c: EtcdCommunicator) => Promise<unknown>])[] = [
  ["Put", (c) => c.put(KEY, VALUE)],
  ["Txn", (c) => c.txn((t) => [t.put(KEY, VALUE), t.get("k/0")])],
  ["LeaseGrant", (c) => c.grantLease(60)],
];
const KEY = "refused";

export const row: Row = {
  number: 19,
  title: "16 MiB quota reached",
  promise:
    'EtcdNoSpaceError with `maybeExecuted: "unknown"`, not retried: 1 attempt; reads and deletes go on',
  async run(trial) {
    const server = await trial.server({ args: [`--quota-backend-bytes=${QUOTA}`] });
    const c = await trial.connect(server.endpoint, server.clientOptions);
    let last: unknown;
    for (let i = 0; last === undefined; i++) {
      assert(i < 1_000, "the quota is never reached");
      await c.put(`k/${i}`, VALUE).catch((error) => last = error);
    }
    assert(last instanceof EtcdNoSpaceError, String(last));
    let executed = 0;
    for (const [method, write] of WRITES) {
      const before = await callsOf(server, method);
      const { maybeExecuted } = await assertRejects(() => write(c), EtcdNoSpaceError);
      trial.figure(`${method}: attempts`, await callsOf(server, method) - before, 1);
      assert(maybeExecuted === "unknown", maybeExecuted);
      executed += await c.count(KEY);
      await c.delete(KEY);
    }
    trial.note("refused writes that were executed all the same", executed);
    assert((await c.getEntry("k/0")) !== null, "reads go on");
    const { deleted } = await c.delete("k/0");
    trial.figure("deletes that failed", 1 - deleted, 0);
  },
};
