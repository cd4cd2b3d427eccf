/**
 * One branch of a transaction, recorded while the caller's function runs.
 *
 * @module
 */

import type { ResponseHeader as HeaderMessage } from "../../proto/gen/header.ts";
import type { RequestOp, ResponseOp } from "../../proto/gen/kv.ts";
import type { BranchOperation } from "./operation.ts";
import type { TxnOp } from "./values.ts";

/** A branch as it is sent, and how its answer is read. */
export interface RecordedBranch {
  readonly requests: RequestOp[];
  /** The values that the caller wants; responses beyond the caller's own operations are passed over. */
  read(responses: readonly ResponseOp[], header: HeaderMessage | undefined): unknown[];
}

/**
 * Refuses what an asynchronous building function returns; what that does later is nobody's unhandled rejection.
 *
 * @throws {TypeError} If it is a promise.
 */
export function refusePromise(returned: unknown): void {
  if (typeof returned !== "object" || returned === null || !("then" in returned)) return;
  Promise.resolve(returned).catch(() => {});
  throw new TypeError("Cannot build the transaction: its building function returned a promise");
}

/** Takes operations until it is closed, and hands out a token for each. States: open, then closed. */
export class BranchRecorder {
  readonly #operations: BranchOperation<unknown>[] = [];
  readonly #places = new Map<unknown, number>();
  #open = true;

  /**
   * Adds an operation at the end.
   *
   * @throws {TypeError} If the branch is closed.
   */
  add<T>(operation: BranchOperation<T>): TxnOp<T> {
    if (!this.#open) {
      throw new TypeError("Cannot add to the transaction: its building function has returned");
    }
    const token: TxnOp<T> = Object.freeze({});
    this.#places.set(token, this.#operations.push(operation) - 1);
    return token;
  }

  /** Refuses further operations. */
  close(): void {
    this.#open = false;
  }

  /** Whether something is the token of an operation of this branch. */
  has(token: unknown): boolean {
    return this.#places.has(token);
  }

  /** The branch with the values of all its operations. */
  all(): RecordedBranch {
    return this.#recorded(this.#operations.map((_, place) => place));
  }

  /**
   * The branch with the values of some of its operations.
   *
   * @param tokens Their tokens, in the order in which the values are wanted.
   * @throws {TypeError} If it is no list, or one is not of this branch.
   */
  some(tokens: unknown): RecordedBranch {
    refusePromise(tokens);
    if (!Array.isArray(tokens)) {
      throw new TypeError("Cannot build the transaction: expected a list of its operations, or nothing");
    }
    return this.#recorded(tokens.map((token) => this.#place(token)));
  }

  #place(token: unknown): number {
    const place = this.#places.get(token);
    if (place !== undefined) return place;
    throw new TypeError("Cannot build the transaction: what was returned is no operation of this branch");
  }

  #recorded(places: readonly number[]): RecordedBranch {
    const operations = this.#operations;
    return {
      requests: operations.map(({ request }) => request),
      read: (responses, header) => places.map((place) => operations[place].read(responses[place], header)),
    };
  }
}
