/**
 * The certificates of the server, of its client and of their authority are replaced.
 *
 * @module
 */

import type { EtcdCommunicator, TlsOptions } from "../../../mod.ts";
import { type EtcdServer, TestCa } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

/** Milliseconds; a connection that breaks sooner costs its endpoint a longer rest each time, as row 23 has it. */
const SETTLED = 1_100;

export const row: Row = {
  number: 21,
  title: "swap certificates and CA, cut connections",
  promise: "new ones on the next dial: stale dials = 0",
  tlsOnly: true,
  async run(trial) {
    const swaps = trial.scale(4, 20);
    const server = await trial.server({ tls: "mutual" });
    const proxy = await trial.proxy(server);
    const identity = new Identity(server.ca!);
    const tls = () => identity.present();
    const c = await trial.connect(proxy.address, { ...server.clientOptions, tls });
    const follower = trial.use(new Follower(c, { prefix: "k/" }));
    await follower.ready;
    let [stale, revision] = [0, 0];
    for (let i = 0; i < swaps; i++) {
      await pause(SETTLED);
      const disconnected = trial.next("disconnected");
      // The authority of clients is replaced too, which etcd reads when it starts.
      await (i % 2 === 0 ? identity.swap(server) : identity.swapBoth(server));
      const asked = identity.asked;
      if (i % 2 === 0) proxy.cut();
      else await server.restart();
      await disconnected;
      revision = await write(c, trial, i);
      if (identity.asked === asked) stale++;
      await follower.until(revision);
    }
    trial.note("swaps", swaps);
    trial.note("dials", identity.asked);
    trial.figure("stale dials", stale, 0);
    const watches = [await follower.finish(revision)];
    // Those that etcdctl has.
    await server.useCertificate(await server.ca!.issue(), server.ca!.cert);
    await server.restart();
    trial.check({ watches, truth: await readTruth(server, revision) });
  },
};

/** A dial with what was valid before is refused, for good: that call fails. */
async function write(c: EtcdCommunicator, { random }: Trial, i: number): Promise<number> {
  return Number((await c.put(`k/${random.below(3)}`, `${i}`, { timeout: 60_000 })).revision);
}

/** What the client is to show and to trust, as it is now. */
class Identity {
  #ofServer: TestCa;
  #ofClient: TestCa;
  #asked = 0;

  constructor(ca: TestCa) {
    this.#ofServer = ca;
    this.#ofClient = ca;
  }

  /** How often the client has asked. */
  get asked(): number {
    return this.#asked;
  }

  async present(): Promise<TlsOptions> {
    this.#asked++;
    return { caCerts: [this.#ofServer.cert], ...await this.#ofClient.issue({ client: "" }) };
  }

  /** Replaces the server's certificate and its authority, from the next handshake on. */
  async swap(server: EtcdServer): Promise<void> {
    this.#ofServer = await TestCa.create();
    await server.useCertificate(await this.#ofServer.issue());
  }

  /** Replaces the authority of clients too, from the next start on. */
  async swapBoth(server: EtcdServer): Promise<void> {
    const ca = await TestCa.create();
    await server.useCertificate(await ca.issue(), ca.cert);
    [this.#ofServer, this.#ofClient] = [ca, ca];
  }
}
