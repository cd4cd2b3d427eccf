/**
 * The server refuses who is calling.
 *
 * @module
 */

import { assert, assertRejects } from "@std/assert";
import {
  type EtcdClientOptions,
  type EtcdCommunicator,
  EtcdError,
  EtcdPermissionDeniedError,
  EtcdUnauthenticatedError,
} from "../../../mod.ts";
import { etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import { callsOf } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

/** Milliseconds in which a loop would show. */
const QUIET = 300;
/** Calls at once. */
const CALLS = 100;
const PASSWORD = "canary-of-the-guest";

export const row: Row = {
  number: 18,
  title: "wrong password, revoked role",
  promise: "no loop, typed: 1 attempt a call",
  async run(trial) {
    const server = await trial.server({ rootPassword: "canary-of-the-root-password" });
    await etcdctl(server, ["user", "add", `guest:${PASSWORD}`]);
    await etcdctl(server, ["role", "add", "keeper"]);
    await etcdctl(server, ["role", "grant-permission", "keeper", "--prefix=true", "readwrite", "k/"]);
    await etcdctl(server, ["user", "grant-role", "guest", "keeper"]);
    const { tls } = server.clientOptions;
    const as = (password: string) => ({ ...(tls && { tls }), credentials: { username: "guest", password } });
    await wrongPassword(trial, server, as("canary-of-a-wrong-password"));
    await changedPassword(trial, server, as(PASSWORD), as("canary-of-another-password"));
    await revokedRole(trial, server, as("canary-of-another-password"));
  },
};

async function wrongPassword(trial: Trial, server: EtcdServer, options: EtcdClientOptions): Promise<void> {
  const stranger = trial.client(server.endpoint, options);
  await attempts(
    trial,
    server,
    "Authenticate",
    "wrong password",
    () => refusedLogin(() => stranger.connect()),
  );
}

/** The password changes under a client that calls and watches; its token goes with it. */
async function changedPassword(
  trial: Trial,
  server: EtcdServer,
  options: EtcdClientOptions,
  { credentials }: EtcdClientOptions,
): Promise<void> {
  const proxy = await trial.proxy(server);
  const c = await trial.connect(proxy.address, options);
  const watcher = c.watch("k/a");
  await watcher.ready;
  const { password } = credentials as { password: string };
  await etcdctl(server, ["user", "passwd", "guest", "--interactive=false"], { input: `${password}\n` });
  const logins = (what: string, call: () => Promise<unknown>, limit?: number) =>
    attempts(trial, server, "Authenticate", `password changed, ${what}`, call, limit);
  const get = () => refusedLogin(() => c.get("k/a"));
  await logins("a put", () => refusedLogin(() => c.put("k/a", "x")));
  // Those that are refused while another logs in wait for that.
  await logins(`${CALLS} gets`, () => Promise.all(Array.from({ length: CALLS }, get)), CALLS / 10);
  await logins("a watch", async () => {
    const [lost, end] = [trial.next("disconnected"), watcher[Symbol.asyncIterator]().next()];
    proxy.cut();
    await lost;
    await refusedLogin(() => end);
  });
}

async function revokedRole(trial: Trial, server: EtcdServer, options: EtcdClientOptions): Promise<void> {
  const c = await trial.connect(server.endpoint, options);
  await c.put("k/a", "allowed");
  await etcdctl(server, ["user", "revoke-role", "guest", "keeper"]);
  const calls: readonly (readonly [method: string, (c: EtcdCommunicator) => Promise<unknown>])[] = [
    ["Put", (c) => c.put("k/a", "x")],
    ["Range", (c) => c.get("k/a")],
    ["DeleteRange", (c) => c.delete("k/a")],
    ["Txn", (c) => c.txn((t) => [t.put("k/a", "x"), t.get("k/b")])],
    ["Watch", (c) => c.watch("k/a").ready],
  ];
  for (const [method, call] of calls) {
    await attempts(trial, server, method, `revoked role, ${method}`, async () => {
      await assertRejects(() => call(c), EtcdPermissionDeniedError);
    });
  }
}

/** Counts what the server sees of a method while something fails, and a moment longer. */
async function attempts(
  trial: Trial,
  server: EtcdServer,
  method: string,
  what: string,
  fails: () => Promise<unknown>,
  limit = 1,
): Promise<void> {
  const before = await callsOf(server, method);
  await fails();
  await pause(QUIET);
  trial.figure(`${what}: attempts`, await callsOf(server, method) - before, limit);
}

async function refusedLogin(call: () => Promise<unknown>): Promise<void> {
  const error = await assertRejects(call, EtcdError);
  assert(!error.message.includes("canary"), "the refusal shows the password");
  if (!(error instanceof EtcdUnauthenticatedError || error.reason === "AUTH_FAILED")) throw error;
}
