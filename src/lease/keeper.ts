/**
 * The open handle on the renewal of a lease.
 *
 * States: open; ended, for good: closed by its holder, by its signal or with the communicator, or because the
 * lease has ended.
 *
 * @module
 */

import type { Resources } from "../resources.ts";
import type { Scope } from "../scope.ts";
import { checkedLeaseId, leaseHex } from "./id.ts";
import type { LeaseHold, LeaseRenewals } from "./renewals.ts";
import type { LeaseKeeper } from "./types.ts";
import { WatchfulSignal } from "./watchful_signal.ts";

/**
 * Renews a lease until its keeper is closed or the lease is lost.
 *
 * @param options A signal that closes the keeper.
 * @throws {TypeError} If the communicator is closed, or the id is not a bigint.
 * @throws {RangeError} If the id is 0 or has more than 64 bits.
 * @throws The signal's reason, if it was aborted already.
 */
export function keepLeaseAlive<V>(
  scope: Scope<V>,
  renewals: LeaseRenewals,
  id: bigint,
  options: { readonly signal?: AbortSignal } = {},
): LeaseKeeper {
  scope.resources.assertOpen("keep the lease alive");
  options.signal?.throwIfAborted();
  return new OpenKeeper(renewals.hold(checkedLeaseId(id)), scope.resources, options.signal);
}

/** {@linkcode LeaseKeeper} over the client's renewals. */
class OpenKeeper implements LeaseKeeper {
  readonly #hold: LeaseHold;
  readonly #resources: Resources;
  readonly #caller: AbortSignal | undefined;
  readonly #watchful: WatchfulSignal;
  readonly #onLeaseEnd = () => this.#end(this.#hold.lease.signal.reason);
  readonly #onCallerAbort = () => this.#end(this.#caller?.reason);

  constructor(hold: LeaseHold, resources: Resources, caller: AbortSignal | undefined) {
    this.#hold = hold;
    this.#resources = resources;
    this.#caller = caller;
    this.#watchful = new WatchfulSignal(() => hold.lease.look());
    resources.add(this);
    caller?.addEventListener("abort", this.#onCallerAbort);
    hold.lease.signal.addEventListener("abort", this.#onLeaseEnd);
    hold.keep();
    if (hold.lease.ended) this.#onLeaseEnd();
  }

  get signal(): AbortSignal {
    return this.#watchful.signal;
  }

  close(): Promise<void> {
    const id = leaseHex(this.#hold.lease.id);
    this.#end(new DOMException(`Lease ${id} is no longer kept alive: its keeper was closed`, "AbortError"));
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #end(reason: unknown): void {
    if (this.#watchful.aborted) return;
    this.#caller?.removeEventListener("abort", this.#onCallerAbort);
    this.#hold.lease.signal.removeEventListener("abort", this.#onLeaseEnd);
    this.#hold.release();
    this.#resources.delete(this);
    this.#watchful.abort(reason);
  }
}
