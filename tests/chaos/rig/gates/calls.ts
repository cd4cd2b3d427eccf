/**
 * What every call has to keep, whatever happens: it settles by its deadline + 250 ms, with an answer or a typed
 * error, and takes down the listeners that it put on its signal.
 *
 * @module
 */

import {
  type CallOptions,
  type EtcdCommunicator,
  EtcdDecodeError,
  EtcdError,
  EtcdTimeoutError,
} from "../../../../mod.ts";
import type { LagMeter } from "./lag.ts";

/** Milliseconds by which a call may outlive its deadline. */
export const GRACE = 250;

/** Which argument of a method is the options of the call. */
const OPTIONS_AT: Readonly<Record<string, number>> = {
  compact: 1,
  count: 1,
  delete: 1,
  deletePrefix: 1,
  deleteRange: 2,
  get: 1,
  getEntry: 1,
  getPrefix: 1,
  getRange: 2,
  grantLease: 1,
  keepLeaseAliveOnce: 1,
  keysPrefix: 1,
  keysRange: 2,
  leaseTimeToLive: 1,
  listLeases: 0,
  put: 2,
  range: 1,
  revokeLease: 1,
  setLease: 2,
  txn: 1,
  txnCompare: 2,
};

/** Watches over the calls of communicators. */
export class CallGate {
  readonly #lag: LagMeter;
  readonly #shared = countedSignal();
  readonly #grace: number;
  readonly #findings: string[] = [];
  readonly #onError: (error: unknown) => void;
  #calls = 0;
  #open = 0;
  #latest = 0;

  /**
   * @param grace Milliseconds by which a call may outlive its deadline before that is a finding.
   * @param onError Told of all that calls fail with.
   */
  constructor(lag: LagMeter, grace: number, onError: (error: unknown) => void = () => {}) {
    this.#lag = lag;
    this.#grace = grace;
    this.#onError = onError;
  }

  /** Milliseconds by which a call outlived its deadline, at most. */
  get latest(): number {
    return Math.round(this.#latest);
  }

  /** Calls so far. */
  get calls(): number {
    return this.#calls;
  }

  /** What was not kept, one sentence each; to be asked when all is closed. */
  get findings(): readonly string[] {
    const { listeners } = this.#shared;
    return [
      ...this.#findings,
      ...(this.#open > 0 ? [`${this.#open} calls never settled`] : []),
      ...(listeners() > 0 ? [`${listeners()} listeners are left on the signal of calls`] : []),
    ];
  }

  /**
   * The same communicator, watched over.
   *
   * @param timeout That of the client, in milliseconds.
   */
  watch<V>(c: EtcdCommunicator<V>, timeout: number): EtcdCommunicator<V> {
    return new Proxy(c, {
      get: (target, name) => {
        const member: unknown = Reflect.get(target, name, target);
        if (typeof member !== "function") return member;
        const at = OPTIONS_AT[String(name)];
        if (at === undefined) return member.bind(target);
        return (...args: unknown[]) => {
          const options = { signal: this.#shared.signal, timeout, ...(args[at] as CallOptions | undefined) };
          args[at] = options;
          return this.guard(String(name), options, () => Reflect.apply(member, target, args));
        };
      },
    });
  }

  /**
   * Watches over a call of another object, such as the release of a lock.
   *
   * @param options What the call is given.
   */
  async guard<T>(
    name: string,
    { timeout, signal }: { readonly timeout: number; readonly signal?: AbortSignal },
    call: () => Promise<T>,
  ): Promise<T> {
    this.#calls++;
    this.#open++;
    const started = performance.now();
    try {
      return await call();
    } catch (error) {
      this.#onError(error);
      if (!isTyped(error) && !(signal?.aborted && error === signal.reason)) {
        this.#find(`${name} failed with ${String(error)}, which is no error of ours`);
      }
      throw error;
    } finally {
      this.#open--;
      this.#settled(name, started, timeout);
    }
  }

  #settled(name: string, started: number, timeout: number): void {
    const [deadline, now] = [started + timeout, performance.now()];
    if (timeout === 0 || now <= deadline) return;
    const late = now - deadline - this.#lag.within(deadline, now);
    this.#latest = Math.max(this.#latest, late);
    if (late > this.#grace) {
      this.#find(`${name} settled ${late.toFixed(0)} ms after its deadline of ${timeout} ms`);
    }
  }

  #find(finding: string): void {
    if (this.#findings.length < 20) this.#findings.push(finding);
  }
}

/** Whether an error is one of ours. */
export function isTyped(error: unknown): boolean {
  return error instanceof EtcdError || error instanceof EtcdTimeoutError || error instanceof EtcdDecodeError;
}

/** A signal that is never aborted and knows how many listen to it. */
function countedSignal(): { readonly signal: AbortSignal; readonly listeners: () => number } {
  const { signal } = new AbortController();
  const listening = new Set<unknown>();
  const add = signal.addEventListener.bind(signal);
  const remove = signal.removeEventListener.bind(signal);
  signal.addEventListener = (...args: Parameters<typeof add>) => {
    listening.add(args[1]);
    add(...args);
  };
  signal.removeEventListener = (...args: Parameters<typeof remove>) => {
    listening.delete(args[1]);
    remove(...args);
  };
  return { signal, listeners: () => listening.size };
}
