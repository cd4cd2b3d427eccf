/**
 * Acquiring a lock.
 *
 * An attempt goes through these states:
 * 1. opening: its session is granted, unless the caller shares one;
 * 2. joining: its key is being written; until that is answered it is unknown whether it stands in the queue;
 * 3. queued: other keys are before its own (`turn.ts`);
 * 4. first: its key is the oldest. With `ttl`, its lease is renewed a last time: from when that was sent the ttl
 *    counts, so the lock is owned for all of it, and the server frees the lock no earlier than the client does;
 * 5. held; or given up, and nothing is left.
 *
 * What can go wrong, and what then:
 * - The caller gives up, its time runs out, the communicator is closed, the server refuses: the attempt is given
 *   up. Given up while opening, the session is revoked as soon as it is settled whether there is one. Later, a
 *   session of its own is revoked, with the key; a late put finds its lease gone. On a shared session the key is
 *   deleted once it is known that it was written; while that is unknown, or the deletion fails, the session is
 *   closed, since a delete could be overtaken by the put.
 * - The server answers only after the ttl of the session that it grants: another one is opened.
 * - The connection is lost while joining: on a session of its own the same is sent again, which finds its key if
 *   it was written. On a shared one it is not: a copy could be executed after the lock was released.
 * - Its key is there before it joins on a shared session: another client contends with the same lease, and each
 *   would take the other's place for its own. The key is left to it.
 * - The session is lost: so is the lock (`EtcdLockLostError`).
 * - Somebody deletes the key while it waits: the look at its turn finds that out, and it counts as lost.
 * - Cleaning up takes long: the caller is answered meanwhile; the rest ends with the communicator.
 *
 * @module
 */

import { EtcdError } from "../errors.ts";
import { keyBytes } from "../keys.ts";
import type { LeaseRenewals } from "../lease/renewals.ts";
import { type CallOptions, milliseconds, ttlSeconds } from "../options.ts";
import type { Scope } from "../scope.ts";
import { type LeaseSession, openSession, type Session } from "../session.ts";
import { abortable } from "../timing.ts";
import type { WatchHub } from "../watch/hub.ts";
import { claim } from "./claims.ts";
import { cleanUp } from "../cleanup.ts";
import { HeldLock } from "./held_lock.ts";
import { Contender, type Standing } from "./queue.ts";
import { turn } from "./turn.ts";
import type { LockOptions } from "./types.ts";
import { Wait } from "./wait.ts";

/** What of the client locks rest on. */
export interface LockServices {
  readonly renewals: LeaseRenewals;
  readonly watches: WatchHub;
}

/** The Lock service and the Go client write nothing either. */
const NO_VALUE = new Uint8Array(0);

/**
 * Acquires a lock.
 *
 * @param patience Whether to wait where somebody else has it.
 * @returns The lock; null where somebody else has it and that is not waited for.
 */
export async function acquire<V>(
  scope: Scope<V>,
  services: LockServices,
  name: string,
  options: LockOptions,
  patience: "wait" | "at once",
): Promise<HeldLock<V> | null> {
  checkLock(name, options);
  scope.resources.assertOpen(`acquire lock "${name}"`);
  const wait = new Wait(`Cannot acquire lock "${name}"`, options, scope.resources);
  try {
    return await new Attempt(scope, services, name, options, wait).run(patience);
  } catch (error) {
    throw wait.failure(error);
  } finally {
    wait.release();
  }
}

/**
 * Checks what a lock is asked for.
 *
 * @throws {TypeError} If the name is empty or no text, or `ttl` comes with `session`.
 * @throws {RangeError} If a number lies outside its range.
 */
export function checkLock(name: string, { ttl, session, timeout }: LockOptions): void {
  checkName(name);
  if (timeout !== undefined) milliseconds(timeout, "timeout");
  if (ttl === undefined) return;
  ttlSeconds(ttl);
  if (session === undefined) return;
  throw new TypeError(`Cannot acquire lock "${name}": both a ttl and a session are given`);
}

function checkName(name: string): void {
  if (typeof name !== "string") {
    throw new TypeError(`Cannot acquire the lock: its name must be a string, got ${typeof name}`);
  }
  if (keyBytes(name, "name of the lock").length === 0) {
    throw new TypeError("Cannot acquire the lock: its name is empty");
  }
}

/** A name is locked once on a session; here, by another client, or in another process. */
class SharedKeyTaken extends TypeError {
  constructor(name: string) {
    super(`Cannot acquire lock "${name}": its session contends for it already`);
  }
}

/** One attempt at one lock. */
class Attempt<V> {
  readonly #scope: Scope<V>;
  readonly #services: LockServices;
  readonly #name: string;
  readonly #options: LockOptions;
  readonly #wait: Wait;

  constructor(scope: Scope<V>, services: LockServices, name: string, options: LockOptions, wait: Wait) {
    this.#scope = scope;
    this.#services = services;
    this.#name = name;
    this.#options = options;
    this.#wait = wait;
  }

  /** The calls of an attempt take as long as the wait does, whatever the client's own timeout is. */
  get #limits(): CallOptions & { readonly signal: AbortSignal } {
    return { signal: this.#wait.signal, timeout: 0 };
  }

  async run(patience: "wait" | "at once"): Promise<HeldLock<V> | null> {
    const { ttl, session } = this.#options;
    if (session !== undefined) return await this.#contend(session, undefined, patience);
    for (;;) {
      const own = await openSession(this.#scope, this.#services.renewals, { ttl, ...this.#limits });
      if (!own.signal.aborted) return await this.#contend(own, own, patience);
      own.revoke({}).catch(() => {});
    }
  }

  async #contend(
    session: Session,
    own: LeaseSession<V> | undefined,
    patience: "wait" | "at once",
  ): Promise<HeldLock<V> | null> {
    const contender = new Contender(this.#scope, this.#name, session.lease);
    const unclaim = claim(this.#services.renewals, contender.absoluteKey);
    if (unclaim === undefined) throw new SharedKeyTaken(this.#name);
    this.#wait.endWith(session);
    let joining: Promise<Standing> | undefined;
    let held: HeldLock<V> | undefined;
    try {
      this.#wait.signal.throwIfAborted();
      joining = this.#join(contender, own);
      const fencingToken = await this.#comeFirst(contender, joining, patience);
      if (fencingToken === undefined) return null;
      const { ttl } = this.#options;
      if (ttl !== undefined) await own?.holdFor(ttl, this.#limits);
      if (session.signal.aborted) throw this.#wait.sessionLost();
      const name = this.#name;
      held = new HeldLock(this.#scope, { name, contender, fencingToken, session, own, ttl, unclaim });
      return held;
    } finally {
      if (held === undefined) {
        const left = leave(contender, joining, session, own).finally(unclaim);
        await cleanUp(this.#scope.resources, left, this.#wait.signal.reason);
      }
    }
  }

  async #join(contender: Contender, own: LeaseSession<V> | undefined): Promise<Standing> {
    const { signal, timeout } = this.#limits;
    if (own !== undefined) return await contender.join(NO_VALUE, { idempotent: true, signal, timeout });
    // Not ended by the signal: the outcome must be known to clean up after it.
    const joined = await contender.join(NO_VALUE, { idempotent: false, timeout });
    if (joined.wasThere) throw new SharedKeyTaken(this.#name);
    return joined;
  }

  /** The fencing token, once no key is before the contender's; undefined where that is not waited for. */
  async #comeFirst(
    contender: Contender,
    joining: Promise<Standing>,
    patience: "wait" | "at once",
  ): Promise<bigint | undefined> {
    const { signal } = this.#wait;
    const joined = await abortable(joining, signal);
    if (patience === "at once" && joined.ahead !== undefined) return undefined;
    const first = await turn(this.#scope, this.#services.watches, contender, joined, signal);
    if (first.token === undefined || first.token !== joined.token) throw this.#wait.sessionLost();
    return first.token;
  }
}

/** Leaves the queue, whatever is known of the place in it. */
async function leave(
  contender: Contender,
  joining: Promise<Standing> | undefined,
  session: Session,
  own: Session | undefined,
): Promise<void> {
  if (own !== undefined) return await own.close();
  if (joining === undefined || session.signal.aborted) return;
  try {
    const { token } = await joining;
    if (token !== undefined) await contender.leave(token, {}).catch(() => session.close());
  } catch (error) {
    if (error instanceof SharedKeyTaken) return;
    if (EtcdError.from(error).maybeExecuted !== "no") await session.close();
  }
}
