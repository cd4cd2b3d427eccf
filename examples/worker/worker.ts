/**
 * A small HTTP API over etcd, as an edge-style worker.
 *
 * A socket belongs to the request that opened it, so each request has a client of its own, which is closed before
 * the request ends.
 *
 * @module
 */

import { EtcdClient } from "@etcetra/etcd";

/** What wrangler.jsonc gives the worker. */
interface Env {
  /** Such as `10.0.0.1:2379`; plaintext, as workers have no ALPN, without which etcd refuses TLS. */
  readonly ETCD_ENDPOINT: string;
}

const KEY = /^\/keys\/(?<name>.+)$/;

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    await using etcd = new EtcdClient(env.ETCD_ENDPOINT, { namespace: "worker-example/" });
    const { pathname } = new URL(request.url);
    const name = KEY.exec(pathname)?.groups?.name;
    if (name !== undefined && request.method === "GET") return await get(etcd, name);
    if (name !== undefined && request.method === "PUT") return await put(etcd, name, await request.text());
    if (pathname === "/counter" && request.method === "POST") return Response.json(await countUp(etcd));
    return new Response("Try GET or PUT /keys/NAME, or POST /counter\n", { status: 404 });
  },
};

async function get(etcd: EtcdClient, name: string): Promise<Response> {
  await using communicator = await etcd.connect();
  const value = await communicator.get(name);
  return value === null ? new Response("no such key\n", { status: 404 }) : new Response(value);
}

async function put(etcd: EtcdClient, name: string, value: string): Promise<Response> {
  await using communicator = await etcd.connect();
  const { revision } = await communicator.put(name, value);
  return Response.json({ revision: String(revision) });
}

/** Workers that count at the same time take turns; none writes once its lock is lost. */
async function countUp(etcd: EtcdClient): Promise<number> {
  return await etcd.withLock("counter-lock", async (communicator) => {
    const count = Number(await communicator.get("counter") ?? 0) + 1;
    await communicator.held.put("counter", String(count));
    return count;
  }, { timeout: 10_000 });
}
