/**
 * Waiting: for a while, for a promise, and for longer each time.
 *
 * @module
 */

/**
 * The wait before a repetition: doubled each time from `min` up to `max`, then jittered by taking a random
 * part of its upper half, so that many clients do not return together.
 *
 * @param attempt 1 before the first repetition.
 * @returns Milliseconds.
 */
export function backoff(attempt: number, min: number, max: number): number {
  const full = Math.min(max, min * 2 ** Math.min(attempt - 1, 30));
  return full * (0.5 + Math.random() / 2);
}

/**
 * Waits.
 *
 * @throws The signal's reason, if it is aborted first.
 */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason);
    const onAbort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", onAbort);
      resolve();
    }, ms);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}

/**
 * Waits for a promise or for the signal, whichever comes first.
 *
 * @throws What the promise rejects with, or the signal's reason.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}

/**
 * Runs something that a signal can end, for a limited time.
 *
 * @param ms Milliseconds, 0 for no limit; when they have passed, the inner signal aborts with a `TimeoutError`.
 * @param signal Ends it earlier.
 * @param body What to run.
 */
export async function withinTime<T>(
  ms: number,
  signal: AbortSignal,
  body: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const limit = new AbortController();
  const onAbort = () => limit.abort(signal.reason);
  if (signal.aborted) onAbort();
  signal.addEventListener("abort", onAbort, { once: true });
  const timer = ms === 0 ? undefined : setTimeout(
    () => limit.abort(new DOMException(`no answer within ${ms} ms`, "TimeoutError")),
    ms,
  );
  try {
    return await body(limit.signal);
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", onAbort);
  }
}
