/**
 * The server refuses who is calling.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import { EtcdError, EtcdPermissionDeniedError, EtcdUnauthenticatedError } from "../../../mod.ts";
import { etcdctl } from "../../../src/testing/mod.ts";
import { callsOf } from "../rig/metrics.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

export const row: Row = {
  number: 18,
  title: "wrong password, revoked role",
  promise: "no loop, typed: 1 attempt a call",
  async run(trial) {
    const server = await trial.server({ rootPassword: "canary-of-the-root-password" });
    const { tls } = server.clientOptions;
    const logins = await callsOf(server, "Authenticate");
    const stranger = trial.client(server.endpoint, {
      ...server.clientOptions,
      credentials: { username: "root", password: "canary-of-a-wrong-password" },
    });
    const refused = await assertRejects(() => stranger.connect(), EtcdError);
    trial.figure("wrong password: attempts", await callsOf(server, "Authenticate") - logins, 1);
    if (refused.message.includes("canary")) throw new Error("The refusal shows the password");
    if (!(refused instanceof EtcdUnauthenticatedError || refused.reason === "AUTH_FAILED")) throw refused;

    await etcdctl(server, ["user", "add", "guest:canary-of-the-guest"]);
    await etcdctl(server, ["role", "add", "keeper"]);
    await etcdctl(server, ["role", "grant-permission", "keeper", "--prefix=true", "readwrite", "k/"]);
    await etcdctl(server, ["user", "grant-role", "guest", "keeper"]);
    const credentials = { username: "guest", password: "canary-of-the-guest" };
    const c = await trial.connect(server.endpoint, { ...(tls && { tls }), credentials });
    await c.put("k/a", "allowed");
    await etcdctl(server, ["user", "revoke-role", "guest", "keeper"]);
    for (const [method, call] of [["Put", () => c.put("k/a", "x")], ["Range", () => c.get("k/a")]] as const) {
      const before = await callsOf(server, method);
      await assertRejects<EtcdError>(call as () => Promise<unknown>, EtcdPermissionDeniedError);
      await pause(300);
      trial.figure(`revoked role: attempts of ${method}`, await callsOf(server, method) - before, 1);
    }
    const streams = await callsOf(server, "Watch");
    await assertRejects(() => c.watch("k/a").ready, EtcdPermissionDeniedError);
    await pause(300);
    trial.figure("revoked role: attempts of Watch", await callsOf(server, "Watch") - streams, 1);
  },
};
