/**
 * Many leases, far from a follower that is far from its leader: it asks the leader for each renewal.
 *
 * @module
 */

import type { Lease, LeaseKeeper } from "../../../mod.ts";
import { endpointsFrom, followerOf } from "../rig/members.ts";
import { PeerNetwork } from "../rig/peers.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

const LEASES = 1_000;
/** Seconds. */
const TTL = 10;
/** Leases that are asked after. */
const SAMPLE = 100;
/** Milliseconds each way. */
const DELAY = 20;

export const row: Row = {
  number: 15,
  title: "1,000 leases of 10 s over a 20 ms delay, through a follower",
  promise: "all alive: lost = 0 in 60 s",
  async run(trial) {
    const seconds = trial.scale(25, 60);
    const peers = trial.use(new PeerNetwork(DELAY));
    const cluster = await trial.cluster({ advertisePeer: peers.advertise });
    const follower = await followerOf(cluster);
    const proxy = await trial.proxy(follower);
    proxy.delay(DELAY);
    const c = await trial.connect(proxy.address, cluster.clientOptions);
    const [leases, keepers]: [Lease[], LeaseKeeper[]] = [[], []];
    while (leases.length < LEASES) {
      // All at once would keep this process, which is the network of the members too, from their heartbeats.
      const some = await Promise.all(
        Array.from({ length: 50 }, () => c.grantLease(TTL, { timeout: 60_000 })),
      );
      leases.push(...some);
      keepers.push(...some.map((lease) => lease.keepAlive()));
    }
    await pause(seconds * 1000);
    const direct = await trial.connect(endpointsFrom(cluster), cluster.clientOptions);
    const alive = new Set(await direct.listLeases());
    const left = await Promise.all(leases.slice(0, SAMPLE).map(({ id }) => direct.leaseTimeToLive(id)));
    trial.note("seconds", seconds);
    trial.note(`least time left of ${SAMPLE} leases`, Math.min(...left.map(({ ttl }) => ttl)), "s");
    trial.figure("lost on the server", leases.filter(({ id }) => !alive.has(id)).length, 0);
    trial.figure("lost to the client", leases.filter(({ signal }) => signal.aborted).length, 0);
    trial.figure("told as lost", trial.count("leaseLost"), 0);
    await Promise.all(keepers.map((keeper) => keeper.close()));
  },
};
