/**
 * Locks: one owner of a name at a time, in order of arrival.
 *
 * @module
 */

import { acquire, type LockServices } from "./lock/acquire.ts";
import type { EtcdLock, LockOptions } from "./lock/types.ts";
import type { Scope } from "./scope.ts";

export { checkLock } from "./lock/acquire.ts";
export type { LockServices } from "./lock/acquire.ts";
export type { EtcdLock, LockOptions } from "./lock/types.ts";

/**
 * Waits for a lock and acquires it.
 *
 * @param name Who asks for the same name waits for each other.
 * @throws {EtcdTimeoutError} If `timeout` passed first; nothing is left in the queue.
 * @throws {EtcdLockLostError} If the session was lost while waiting.
 * @throws {TypeError} If the name is empty or no text, its session contends for it already, or `ttl` comes with
 * `session`.
 * @throws {RangeError} If a number lies outside its range.
 * @throws {EtcdError} If the server refuses or cannot be reached.
 * @throws The signal's reason, if it was aborted.
 */
export async function lock<V>(
  scope: Scope<V>,
  services: LockServices,
  name: string,
  options: LockOptions = {},
): Promise<EtcdLock<V>> {
  return await acquire(scope, services, name, options, "wait") as EtcdLock<V>;
}

/**
 * Acquires a lock if it is free.
 *
 * @returns The lock; null where somebody else has it, and nothing is left in the queue then.
 * @throws As `lock` does.
 */
export async function tryLock<V>(
  scope: Scope<V>,
  services: LockServices,
  name: string,
  options: LockOptions = {},
): Promise<EtcdLock<V> | null> {
  return await acquire(scope, services, name, options, "at once");
}
