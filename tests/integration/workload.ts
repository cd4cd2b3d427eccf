/**
 * Something of everything, left open: what `client.close()` has to end.
 *
 * @module
 */

import { EtcdClient, type EtcdCommunicator, jsonCodec } from "../../mod.ts";

/** Uses a client for all there is, and closes nothing of it. */
export async function useEverything(client: EtcdClient, signal: AbortSignal): Promise<void> {
  const [c, other] = [await client.connect({ signal }), await client.connect()];
  await readAndWrite(c, signal);
  await fail(c, signal);
  await watch(c, signal);
  await holdLeases(c, signal);
  await contend(c, other, signal);
  await other.close();
}

async function readAndWrite(c: EtcdCommunicator, signal: AbortSignal): Promise<void> {
  for (let i = 0; i < 200; i++) await c.put(`k/${i}`, "v", { signal });
  await Promise.all(Array.from({ length: 100 }, (_, i) => c.get(`k/${i}`, { signal })));
  await c.txn((t) => [t.get("k/1"), t.put("k/2", "w")], { signal });
  for await (const { key } of c.entries({ prefix: "k/" }, { pageSize: 10, signal })) {
    if (key === "k/15") break;
  }
  await c.entries({ prefix: "k/" }, { pageSize: 10, signal })[Symbol.asyncIterator]().next();
  await c.entries({ prefix: "k/" }, { signal }).revision;
}

/** Fails in each way there is. */
async function fail(c: EtcdCommunicator, signal: AbortSignal): Promise<void> {
  const controller = new AbortController();
  const attempts = [
    c.put("k", "v", { lease: 5n, signal }),
    c.get("", { signal }),
    c.get("k/1", { signal: AbortSignal.abort() }),
    c.get("k/1", { signal: controller.signal }),
    c.get("k/1", { timeout: 0.001 }),
    c.withCodec(jsonCodec()).getPrefix("k/", { signal }),
    new EtcdClient("127.0.0.1:1").connect({ signal }),
  ];
  controller.abort();
  await Promise.allSettled(attempts);
}

async function watch(c: EtcdCommunicator, signal: AbortSignal): Promise<void> {
  for await (const _ of c.watchPrefix("k/", { startRevision: 1n, signal })) break;
  await c.watch("k/1", { signal }).close();
  await c.watch("k/1", { signal }).ready;
  const waiting = c.watchPrefix("nothing/", { signal });
  waiting[Symbol.asyncIterator]().next();
  await waiting.requestProgress({ signal });
}

async function holdLeases(c: EtcdCommunicator, signal: AbortSignal): Promise<void> {
  const lease = await c.grantLease(60, { signal });
  await lease.keepAliveOnce({ signal });
  lease.keepAlive();
  c.keepLeaseAlive(lease.id, { signal });
  await (await c.grantLease(60, { signal })).revoke({ signal });
  await c.session({ signal });
  (await c.session({ signal })).orphan();
}

async function contend(c: EtcdCommunicator, other: EtcdCommunicator, signal: AbortSignal): Promise<void> {
  await c.lock("held", { signal });
  await c.lock("timed", { ttl: 60, signal });
  await (await c.lock("released", { signal })).release({ signal });
  await c.lock("held", { timeout: 10, signal }).catch(() => {});
  c.lock("held", { signal }).catch(() => {});
  other.lock("held", { signal }).catch(() => {});
  while (await c.count({ prefix: "held/" }) < 3) await c.get("k/1");
}
