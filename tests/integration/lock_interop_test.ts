import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { EtcdClient, type EtcdCommunicator } from "../../mod.ts";
import { EtcdServer, startEtcdctl } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

async function untilQueued(c: EtcdCommunicator, contenders: number): Promise<void> {
  while (await c.count({ prefix: "jobs/" }) !== contenders) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("etcdctl lock and the client wait for each other", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  await using theirs = await startEtcdctl(server, ["lock", "jobs"]);
  assertStringIncludes((await theirs.lines.next()).value!, "jobs/");
  assertEquals(await c.tryLock("jobs"), null);
  const waiting = c.lock("jobs");
  await untilQueued(c, 2);
  await using next = await startEtcdctl(server, ["lock", "jobs"]);
  await untilQueued(c, 3);
  theirs.signal("SIGINT");
  const ours = await waiting;
  await ours.put("k", "v");
  await ours.release();
  const { value } = await next.lines.next();
  assert(value !== undefined && value !== ours.key, "etcdctl has it, as soon as we have not");
  next.signal("SIGINT");
  await next.exited;
});

test("the server's Lock service and the client wait for each other", async () => {
  await using server = await EtcdServer.start();
  await using client = new EtcdClient(server.endpoint, server.clientOptions);
  await using c = await client.connect();
  const lease = await c.grantLease(60);
  const call = async (method: string, body: object): Promise<{ key?: string }> => {
    const response = await fetch(`${server.endpoint}/v3/lock/${method}`, {
      method: "POST",
      body: JSON.stringify(body),
    });
    return await response.json();
  };
  const ours = await c.lock("jobs");
  const waiting = call("lock", { name: btoa("jobs"), lease: String(lease.id) });
  await untilQueued(c, 2);
  await ours.release();
  const { key } = await waiting;
  assertEquals(atob(key!), `jobs/${lease.id.toString(16)}`);
  assertEquals(await c.tryLock("jobs"), null);
  const again = c.lock("jobs");
  await untilQueued(c, 2);
  await call("unlock", { key });
  await (await again).release();
});
