import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { type ClientEvent, EtcdClient, EtcdLeaseNotFoundError } from "../../mod.ts";
import { etcdctl, EtcdServer } from "../../src/testing/mod.ts";
import { test } from "../harness.ts";

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Makes a user who may read and write below `app/`. */
async function addAppUser(server: EtcdServer): Promise<EtcdClient> {
  await etcdctl(server, ["user", "add", "app:secret"]);
  await etcdctl(server, ["role", "add", "app"]);
  await etcdctl(server, ["role", "grant-permission", "--prefix", "app", "readwrite", "app/"]);
  await etcdctl(server, ["user", "grant-role", "app", "app"]);
  return new EtcdClient(server.endpoint, { credentials: { username: "app", password: "secret" } });
}

/** Whether this server refuses to renew a lease that holds a key which its user may not put. */
function checksLeaseKeys(version: string): boolean {
  const [, minor, patch] = version.split(".").map(Number);
  const since = new Map([[4, 42], [5, 28], [6, 9]]);
  return patch >= (since.get(minor) ?? 0);
}

test("one lease that may not be renewed does not take the others down", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  await using client = await addAppUser(server);
  await using c = await client.connect();
  const leases = await Promise.all(Array.from({ length: 10 }, () => c.grantLease(4)));
  const [refused, ...others] = leases;
  await etcdctl(server, ["put", "other/k", "v", `--lease=${refused.id.toString(16)}`]);
  const keepers = leases.map((lease) => lease.keepAlive());
  await sleep(7_000);
  assertEquals(others.filter((lease) => lease.signal.aborted).length, 0);
  assertEquals(refused.signal.aborted, checksLeaseKeys(server.version));
  if (refused.signal.aborted) assertInstanceOf(refused.signal.reason, EtcdLeaseNotFoundError);
  for (const keeper of keepers) await keeper.close();
});

test("leases are kept alive through expired tokens, with one login for all", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret", args: ["--auth-token-ttl=2"] });
  await using _app = await addAppUser(server);
  let logins = 0;
  await using client = new EtcdClient(server.endpoint, {
    credentials: { username: "app", password: "secret" },
    onEvent: (event: ClientEvent) => event.type === "reauthenticated" && logins++,
  });
  await using c = await client.connect();
  const leases = await Promise.all(Array.from({ length: 10 }, () => c.grantLease(12)));
  for (const lease of leases) await c.put(`app/${lease.id}`, "v", { lease: lease.id });
  const keepers = leases.map((lease) => lease.keepAlive());
  // Longer than the ttl. The server looks for expired tokens each second, so that one lives up to 3 s unused: a round
  // of renewals is each 4 s.
  await sleep(13_000);
  assertEquals(leases.filter((lease) => lease.signal.aborted).length, 0);
  assertEquals(await c.count({ prefix: "app/" }), 10);
  assert(logins >= 1 && logins <= 4, `${logins} logins, at most one for each round of renewals`);
  for (const keeper of keepers) await keeper.close();
});
