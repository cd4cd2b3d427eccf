/**
 * Leases that are kept alive, with a key on each. Where the key is gone, its client gives the lease up as well, a ttl
 * later at most.
 *
 * Not at once, as a server that was stopped while it led may end leases early: it takes those for expired that were
 * renewed meanwhile. The client learns of that when it next renews them.
 *
 * @module
 */

import type { EtcdCommunicator, Lease, LeaseKeeper } from "../../../../mod.ts";
import { CANARY } from "./secrets.ts";
import { repeat, type Scene } from "./scene.ts";

const PREFIX = "leases/";
const LEASES_PER_CLIENT = 5;
/** Seconds. */
const TTLS = [6, 10, 15];
/** Milliseconds between two looks. */
const PERIOD = 1_000;

interface Held {
  /** When its key was first seen to be gone, by `performance.now()`. */
  gone?: number;
  readonly key: string;
  readonly lease: Lease;
  readonly keeper: LeaseKeeper;
}

/** Runs until the load is to end, then gives all leases back. */
export async function holdLeases(scene: Scene): Promise<void> {
  await Promise.all(scene.communicators.map((c, index) => hold(scene, c, `${PREFIX}${index}/`)));
}

async function hold(scene: Scene, c: EtcdCommunicator, prefix: string): Promise<void> {
  const { random, journal } = scene;
  const held: Held[] = [];
  let count = 0;
  await repeat(scene, () => PERIOD, async () => {
    try {
      while (held.length < LEASES_PER_CLIENT) held.push(await grant(scene, c, `${prefix}${count++}`));
      await look(scene, c, prefix, held);
      const [one] = held.splice(random.below(held.length), 1);
      if (one === undefined || random.chance(0.5)) held.unshift(...(one ? [one] : []));
      else await giveBack(one);
    } catch (error) {
      journal.failed("lease", error);
    }
  });
  await Promise.all(held.map((one) => giveBack(one).catch((error) => journal.failed("lease", error))));
}

async function grant({ random, journal }: Scene, c: EtcdCommunicator, key: string): Promise<Held> {
  const lease = await c.grantLease(random.pick(TTLS));
  const keeper = lease.keepAlive();
  try {
    await c.put(key, CANARY, { lease: lease.id });
    journal.count("leases granted");
    return { key, lease, keeper };
  } catch (error) {
    await keeper.close();
    throw error; // the lease expires by itself
  }
}

async function look(
  { journal, lag }: Scene,
  c: EtcdCommunicator,
  prefix: string,
  held: Held[],
): Promise<void> {
  const asked = [...held];
  const found = new Set(await c.keysPrefix(prefix));
  for (const one of asked) {
    const { key, lease, keeper } = one;
    const { aborted, reason } = lease.signal;
    if (!aborted && found.has(key)) continue;
    if (!aborted) {
      const now = performance.now();
      if (one.gone === undefined) journal.count("leases that the server ended early");
      one.gone ??= now;
      if (now - one.gone - lag.within(one.gone, now) <= lease.ttl * 1000) continue;
      journal.find(`${key} is gone for ${lease.ttl} s, and its lease is taken for alive`);
    }
    journal.count("leases lost");
    journal.shown("The loss of a lease", reason);
    held.splice(held.indexOf(one), 1);
    await keeper.close();
  }
}

async function giveBack({ lease, keeper }: Held): Promise<void> {
  await keeper.close();
  await lease[Symbol.asyncDispose]();
}
