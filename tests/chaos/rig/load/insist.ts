/**
 * Calls whose failures pass.
 *
 * @module
 */

import { EtcdError } from "../../../../mod.ts";

/**
 * Makes a call again and again while it fails as calls do in an election, or while a member has no leader. A write
 * may be executed more than once.
 *
 * @throws What else the call rejects with.
 */
export async function insist<T>(call: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await call();
    } catch (error) {
      if (!(error instanceof EtcdError && error.retryable)) throw error;
    }
  }
}
