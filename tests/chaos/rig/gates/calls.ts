/**
 * What every call has to keep, whatever happens: it settles by its deadline + 250 ms, with an answer or a typed
 * error, and takes down the listeners that it put on its signal. The same holds for what calls give: locks,
 * sessions, leases, watchers and iterations.
 *
 * @module
 */

import { type EtcdCommunicator, EtcdDecodeError, EtcdError, EtcdTimeoutError } from "../../../../mod.ts";
import { guarded, type Judge, type Limits } from "./guarded.ts";
import type { LagMeter } from "./lag.ts";
import { SignalGate } from "./signals.ts";

/** Milliseconds by which a call may outlive its deadline. */
export const GRACE = 250;

/** Watches over the calls of communicators, and of what they give. */
export class CallGate implements Judge {
  readonly signals: SignalGate = new SignalGate();
  readonly #lag: LagMeter;
  readonly #grace: number;
  /** How many of each name have not settled. */
  readonly #open = new Map<string, number>();
  readonly #findings: string[] = [];
  readonly #onError: (error: unknown) => void;
  #calls = 0;
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
    const open = [...this.#open].map(([name, count]) => `${count} of ${name} never settled`);
    return [...this.#findings, ...open, ...this.signals.findings];
  }

  /**
   * The same communicator, watched over.
   *
   * @param timeout That of the client, in milliseconds.
   */
  watch<V>(c: EtcdCommunicator<V>, timeout: number): EtcdCommunicator<V> {
    return guarded(this, c, "communicator", { timeout });
  }

  async guard<T>(name: string, { timeout, signal }: Limits, call: () => Promise<T>): Promise<T> {
    this.#calls++;
    this.#count(name, 1);
    if (signal !== undefined) this.signals.enter(signal, name);
    const started = performance.now();
    try {
      return await call();
    } catch (error) {
      this.#onError(error);
      if (!isTyped(error) && !(signal?.aborted && error === signal.reason)) {
        this.find(`${name} failed with ${String(error)}, which is no error of ours`);
      }
      throw error;
    } finally {
      this.#count(name, -1);
      this.#settled(name, started, timeout);
      const left = signal === undefined ? 0 : this.signals.leave(signal);
      if (left > 0) this.find(`${name} left ${left} listeners on its signal`);
    }
  }

  find(finding: string): void {
    if (this.#findings.length < 20) this.#findings.push(finding);
  }

  #count(name: string, difference: 1 | -1): void {
    const count = (this.#open.get(name) ?? 0) + difference;
    if (count > 0) this.#open.set(name, count);
    else this.#open.delete(name);
  }

  #settled(name: string, started: number, timeout: number): void {
    const [deadline, now] = [started + timeout, performance.now()];
    if (timeout === 0 || now <= deadline) return;
    const late = now - deadline - this.#lag.within(deadline, now);
    this.#latest = Math.max(this.#latest, late);
    if (late > this.#grace) {
      this.find(`${name} settled ${late.toFixed(0)} ms after its deadline of ${timeout} ms`);
    }
  }
}

/** Whether an error is one of ours. */
export function isTyped(error: unknown): boolean {
  return error instanceof EtcdError || error instanceof EtcdTimeoutError || error instanceof EtcdDecodeError;
}
