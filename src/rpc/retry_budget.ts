/**
 * When to stop trying again.
 *
 * @module
 */

/**
 * Keeps repetitions from adding to an overload (gRPC proposal A6, retry throttling): each failure takes a
 * token, each success gives a tenth back, and there are no repetitions while half of them or more are gone.
 */
export class RetryBudget {
  /** As many as let all calls of a busy client outlive the change of a leader. */
  static readonly #MAX = 100;
  #tokens: number = RetryBudget.#MAX;
  readonly #lost = new WeakSet<object>();

  /** Whether a call that failed may be repeated now. */
  get allows(): boolean {
    return this.#tokens > RetryBudget.#MAX / 2;
  }

  /** Counts a call that was answered. */
  succeeded(): void {
    if (this.#tokens < RetryBudget.#MAX) this.#tokens = Math.min(RetryBudget.#MAX, this.#tokens + 0.1);
  }

  /**
   * Counts a failure that a repetition might mend.
   *
   * @param lost The connection, where its end is what failed: that is one failure, however many calls were on it.
   */
  failed(lost?: object): void {
    if (lost !== undefined && this.#lost.has(lost)) return;
    if (lost !== undefined) this.#lost.add(lost);
    this.#tokens = Math.max(0, this.#tokens - 1);
  }
}
