import { assertEquals, assertRejects } from "@std/assert";
import { delay } from "@std/async";
import {
  type ClientEvent,
  EtcdClient,
  EtcdPermissionDeniedError,
  EtcdUnauthenticatedError,
  type Watcher,
} from "../../mod.ts";
import { etcdctl, EtcdServer } from "../../src/testing/mod.ts";
import { jwtArguments } from "../chaos/rig/jwt.ts";
import { test } from "../harness.ts";
import { gaugeReaches } from "./watch_history.ts";

/** A user who may read and write below `app/`. */
async function addAppUser(server: EtcdServer): Promise<void> {
  await etcdctl(server, ["user", "add", "app:secret"]);
  await etcdctl(server, ["role", "add", "app"]);
  await etcdctl(server, ["role", "grant-permission", "--prefix", "app", "readwrite", "app/"]);
  await etcdctl(server, ["user", "grant-role", "app", "app"]);
}

const credentials = { username: "app", password: "secret" };

async function value(watcher: Watcher<string>): Promise<string | null> {
  for await (const event of watcher) return event.value;
  throw new Error("the watch ended");
}

test("a watch of keys that may not be read is refused, and wedges no other", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  await addAppUser(server);
  const events: string[] = [];
  const onEvent = ({ type }: ClientEvent) => events.push(type);
  await using client = new EtcdClient(server.endpoint, { credentials, onEvent });
  await using c = await client.connect();
  const allowed = c.watchPrefix("app/");
  await allowed.ready;
  const refused = c.watchPrefix("secret/");
  const whole = c.watch({ all: true });
  await assertRejects(() => refused.ready, EtcdPermissionDeniedError);
  await assertRejects(() => value(whole), EtcdPermissionDeniedError);
  const later = c.watch("app/k");
  await later.ready;
  await c.put("app/k", "v");
  assertEquals([await value(allowed), await value(later)], ["v", "v"]);
  assertEquals(events.filter((type) => type === "watchResumed"), []);
});

test("live watches outlive an expired token, and new ones get a new token", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret", args: ["--auth-token-ttl=3"] });
  await addAppUser(server);
  const events: string[] = [];
  const onEvent = ({ type }: ClientEvent) => events.push(type);
  await using client = new EtcdClient(server.endpoint, { credentials, onEvent });
  await using c = await client.connect();
  const before = c.watch("app/before");
  await before.ready;
  await delay(6_000);
  const idle = events.length;
  const after = Array.from({ length: 20 }, (_, i) => c.watch(`app/after${i}`));
  await Promise.all(after.map((watcher) => watcher.ready));
  assertEquals(events.slice(idle), ["reauthenticated"]);
  assertEquals(events.filter((type) => type !== "reauthenticated"), ["connected"]);
  await c.put("app/before", "1");
  for (let i = 0; i < 20; i++) await c.put(`app/after${i}`, "2");
  assertEquals(await value(before), "1");
  assertEquals(await Promise.all(after.map(value)), Array(20).fill("2"));
  await gaugeReaches(server, "etcd_debugging_mvcc_watcher_total", 0);
});

test("a new watch outlives a token that nobody has noticed to be stale, on a stream that is older still", async () => {
  await using jwt = await jwtArguments(300);
  await using server = await EtcdServer.start({ rootPassword: "secret", args: jwt.args });
  await addAppUser(server);
  await using client = new EtcdClient(server.endpoint, { credentials });
  await using c = await client.connect();
  const first = c.watch("app/first");
  await first.ready;
  await etcdctl(server, ["user", "add", "one:else"]);
  await c.get("app/first"); // logs in anew; the stream of the first watch goes on with its token
  await etcdctl(server, ["user", "add", "two:else"]);
  const second = c.watch("app/second");
  await second.ready;
  await c.put("app/first", "1");
  await c.put("app/second", "2");
  assertEquals([await value(first), await value(second)], ["1", "2"]);
});

test("after a restart with forgotten tokens, watches log in and go on", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  await addAppUser(server);
  await using client = new EtcdClient(server.endpoint, { credentials });
  await using c = await client.connect();
  const watchers = Array.from({ length: 20 }, (_, i) => c.watch(`app/k${i}`));
  await Promise.all(watchers.map((watcher) => watcher.ready));
  await server.restart();
  for (let i = 0; i < 20; i++) await c.put(`app/k${i}`, `${i}`);
  assertEquals(await Promise.all(watchers.map(value)), watchers.map((_, i) => `${i}`));
});

test("a static token that the server does not know ends the watch", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  await using client = new EtcdClient(server.endpoint, { credentials: { token: "unknown.1" } });
  await using c = await client.connect();
  await assertRejects(() => c.watch("k").ready, EtcdUnauthenticatedError);
});

test("a watch ends when its keys may no longer be read, once it has to be created again", async () => {
  await using server = await EtcdServer.start({ rootPassword: "secret" });
  await addAppUser(server);
  await using client = new EtcdClient(server.endpoint, { credentials });
  await using c = await client.connect();
  const watcher = c.watchPrefix("app/");
  await watcher.ready;
  await etcdctl(server, ["user", "revoke-role", "app", "app"]);
  await server.restart();
  await assertRejects(() => value(watcher), EtcdPermissionDeniedError);
});
