/**
 * Many clients lose their cluster at once.
 *
 * @module
 */

import type { Dialer } from "../../../mod.ts";
import { dial } from "../../../src/transport/net/dial.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

const CLIENTS = 200;
/** Seconds. */
const DOWN = 30;
/** Milliseconds: dials are looked at in windows of this width. */
const WINDOW = 100;

export const row: Row = {
  number: 23,
  title: `${CLIENTS} clients, cluster down ${DOWN} s`,
  promise: "jittered redials: <= 8 per endpoint and client",
  async run(trial) {
    const cluster = await trial.cluster();
    const dials = new Map<string, number>();
    const times: number[] = [];
    let down = false;
    const clients = await Promise.all(Array.from({ length: CLIENTS }, (_, i) => {
      const dialer: Dialer = (target, signal) => {
        if (down) {
          const name = `${i} ${target.port}`;
          dials.set(name, (dials.get(name) ?? 0) + 1);
          times.push(performance.now());
        }
        return dial(target, signal);
      };
      return trial.connect(cluster.endpoints, { ...cluster.clientOptions, dialer, timeout: 2 * DOWN * 1000 });
    }));
    await Promise.all(clients.map((c) => c.get("k")));
    down = true;
    await Promise.all(cluster.servers.map((server) => server.kill()));
    const killed = performance.now();
    const calls = Promise.all(clients.map((c) => c.get("k")));
    await pause(DOWN * 1000);
    down = false;
    const restarting = performance.now();
    await Promise.all(cluster.servers.map((server) => server.restart()));
    await calls;
    trial.note(
      "until all clients have their answers again",
      Math.round(performance.now() - restarting),
      "ms",
    );
    trial.note("dials in all", times.length);
    trial.figure("dials of a client at an endpoint, at most", Math.max(...dials.values()), 8);
    // After the first seconds the clients are spread out: in no window do as many dial as there are endpoints and clients.
    const late = times.filter((at) => at > killed + 5_000).map((at) => Math.floor(at / WINDOW));
    const crowds = [...Map.groupBy(late, (at) => at).values()].map(({ length }) => length);
    trial.figure(`dials within ${WINDOW} ms after 5 s, at most`, Math.max(0, ...crowds), CLIENTS * 3 / 4);
  },
};
