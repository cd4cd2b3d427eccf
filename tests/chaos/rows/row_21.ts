/**
 * The certificates of the server and of its authority are replaced.
 *
 * @module
 */

import { TestCa } from "../../../src/testing/mod.ts";
import type { Row } from "../rig/trial/row.ts";

const SWAPS = 5;

export const row: Row = {
  number: 21,
  title: "swap certificates and CA, cut connections",
  promise: "new ones on the next dial: stale dials = 0",
  tlsOnly: true,
  async run(trial) {
    const server = await trial.server();
    const proxy = await trial.proxy(server);
    let authority = server.ca!;
    let asked = 0;
    const tls = () => {
      asked++;
      return Promise.resolve({ caCerts: [authority.cert] });
    };
    const c = await trial.connect(proxy.address, { ...server.clientOptions, tls });
    for (let i = 0; i < SWAPS; i++) {
      await c.put("k/a", `${i}`);
      authority = await TestCa.create();
      await server.useCertificate(await authority.issue());
      const [before, disconnected] = [asked, trial.next("disconnected")];
      proxy.cut();
      await disconnected;
      await c.get("k/a");
      if (asked === before) trial.figure("dials without asking for certificates", 1, 0);
    }
    const refused = trial.events.filter(({ event }) =>
      event.type === "disconnected" && /certificate/.test(String(event.error))
    );
    trial.note("swaps", SWAPS);
    trial.note("dials", asked);
    // A dial with an authority of before would have been refused, and another one asked for.
    trial.figure("stale dials", Math.max(refused.length, asked - SWAPS - 1), 0);
  },
};
