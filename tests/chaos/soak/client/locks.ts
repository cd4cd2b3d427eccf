/**
 * Locks that several clients want, and writes that only their holders make: no write of a holder comes after one of
 * the next. That two take themselves for the holder at one time is counted only: it cannot be helped where a server
 * ended a lease early (see `leases.ts`).
 *
 * @module
 */

import { type EtcdCommunicator, type EtcdLock, EtcdLockLostError } from "../../../../mod.ts";
import { CANARY } from "./secrets.ts";
import type { Journal } from "./journal.ts";
import { repeat, rested, type Scene } from "./scene.ts";

const NAMES = ["jobs", "mail"];
const CONTENDERS_PER_CLIENT = 2;
/** Milliseconds to wait for a lock, and for its release. */
const WAIT = 8_000;
const RELEASE = 3_000;

/** A lock, and what was done under it. */
interface Guarded {
  readonly name: string;
  readonly holders: Set<EtcdLock>;
  /** The latest write that was answered, and the holder's fencing token. */
  last: { readonly revision: bigint; readonly token: bigint };
}

/** Runs until the load is to end, and all locks are released. */
export async function contend(scene: Scene): Promise<void> {
  const locks = NAMES.map((name): Guarded => ({
    name,
    holders: new Set(),
    last: { revision: 0n, token: 0n },
  }));
  const contenders = scene.communicators.flatMap((c) =>
    Array.from({ length: CONTENDERS_PER_CLIENT }, () => c)
  );
  await Promise.all(
    contenders.map((c) => repeat(scene, () => 50, () => hold(scene, c, scene.random.pick(locks)))),
  );
}

async function hold(
  { random, journal, stop }: Scene,
  c: EtcdCommunicator,
  guarded: Guarded,
): Promise<void> {
  const { name, holders } = guarded;
  let lock: EtcdLock;
  try {
    lock = await c.lock(name, { timeout: WAIT });
  } catch (error) {
    return journal.failed("lock", error);
  }
  journal.count("locks acquired");
  holders.add(lock);
  if ([...holders].filter(({ signal }) => !signal.aborted).length > 1) journal.count("locks held twice");
  try {
    for (let i = random.below(4); i >= 0 && !lock.signal.aborted; i--) {
      const { revision } = await lock.put(`locked/${name}`, CANARY, { timeout: RELEASE });
      note(journal, guarded, { revision, token: lock.fencingToken });
      await rested(random.between(0, 100), stop);
    }
  } catch (error) {
    if (error instanceof EtcdLockLostError) journal.count("locks lost");
    journal.failed("write under a lock", error);
  }
  holders.delete(lock);
  await lock.release({ timeout: RELEASE }).catch((error) => journal.failed("release", error));
}

/** Holds a write against the latest: its holder came later just if the write did. */
function note(journal: Journal, guarded: Guarded, write: Guarded["last"]): void {
  const { name, last } = guarded;
  const [older, newer] = write.revision < last.revision ? [write, last] : [last, write];
  guarded.last = newer;
  if (older.token <= newer.token) return;
  journal.find(`Lock ${name}: a write of holder ${newer.token} came after one of holder ${older.token}`);
}
