/**
 * What callers see of locks.
 *
 * @module
 */

import type { CallOptions } from "../options.ts";
import type { Ownership } from "../ownership.ts";
import type { Session } from "../session.ts";

/** How to wait for a lock, and for how long to hold it. */
export interface LockOptions {
  /**
   * Milliseconds to wait for the lock; 0 for no limit.
   *
   * @default {as long as `signal` allows}
   */
  readonly timeout?: number;
  /** Gives up the wait; it rejects with the signal's reason. Once the lock is acquired it has no meaning. */
  readonly signal?: AbortSignal;
  /**
   * Seconds after the acquisition at which the lock is released, whatever its holder does; not with `session`.
   * While waiting its lease is kept alive, from the acquisition on it is not. If the holder dies, the lock is free
   * after the ttl that the server granted, which is larger for very small ones.
   *
   * @default {held until it is released}
   */
  readonly ttl?: number;
  /**
   * A session to hold the lock on; the lock is lost with it. The same name cannot be locked twice on one session.
   * If it stays unknown whether the lock's key was written, or it cannot be deleted, the session is closed.
   *
   * @default {a session of its own, with a ttl of 10 s}
   */
  readonly session?: Session;
}

/**
 * A lock that was acquired. Disposing it releases it.
 *
 * Its place in the queue is the key `NAME/` and its lease id in hexadecimal. So keep keys of your own that end like
 * that, such as `jobs/1` or `jobs/feed`, out of the way of a lock `jobs`: it would wait for them to be deleted.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * await using lock = await communicator.lock("jobs", { timeout: 5_000 });
 * await lock.put("jobs/owner", "me"); // refused, with nothing written, once the lock is no longer ours
 * ```
 */
export interface EtcdLock<V = string> extends Ownership<V> {
  /** What was locked. */
  readonly name: string;
  /**
   * Releases the lock. Harmless where it was lost, or released already.
   *
   * @param options Signal and timeout.
   * @throws {EtcdError} If the server cannot be reached or refuses; a lock on a session of its own then ends with
   * it, within its ttl, since it is not kept alive any more.
   * @throws {EtcdTimeoutError} If the time of the call ran out.
   * @throws The signal's reason, if it was aborted.
   */
  release(options?: CallOptions): Promise<void>;
}
