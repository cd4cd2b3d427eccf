/**
 * Writes down every call, its end and its beginning, on one clock.
 *
 * @module
 */

import { type CallOptions, type EtcdCommunicator, EtcdError, EtcdTimeoutError } from "../../../../mod.ts";
import type { Call, Operation } from "./call.ts";
import { execute } from "./execute.ts";

/** See the module. */
export class Recorder {
  readonly calls: Call[] = [];
  readonly #onCall: (call: Call) => void;
  #ids = 0;

  /** @param onCall Told of each call when it has ended. */
  constructor(onCall: (call: Call) => void = () => {}) {
    this.#onCall = onCall;
  }

  /**
   * Does an operation and writes it down. It never rejects: what a call failed with is part of what is written.
   *
   * @param proc Whose call it is.
   */
  async record(
    proc: number,
    c: EtcdCommunicator,
    request: Operation,
    options: CallOptions = {},
  ): Promise<Call> {
    const base = { proc, id: this.#ids++, call: performance.now(), request };
    let call: Call;
    try {
      const answer = await execute(c, request, options);
      call = { ...base, return: performance.now(), ...answer };
    } catch (error) {
      call = { ...base, return: performance.now(), error: nameOf(error), maybeExecuted: executionOf(error) };
    }
    this.calls.push(call);
    this.#onCall(call);
    return call;
  }
}

/** What the error of a call says of its execution; "unknown" where it was given up. */
function executionOf(error: unknown): "no" | "yes" | "unknown" {
  return error instanceof EtcdError || error instanceof EtcdTimeoutError ? error.maybeExecuted : "unknown";
}

function nameOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error instanceof EtcdTimeoutError ? "EtcdTimeoutError" : error.name}: ${error.message}`;
}
