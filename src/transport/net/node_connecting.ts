/**
 * What a socket of `node:net` and one of `node:tls` have in common while they connect.
 *
 * @module
 */

import type { OnReadOpts, Socket as NetSocket } from "node:net";
import type { DialTarget } from "../../socket.ts";
import { DialError } from "./dial_error.ts";
import { failureKind } from "./failure_kind.ts";
import type { NodeSocket } from "./node_socket.ts";

/** The peer's end of sending is told to the reader alone; what is closed, and when, is for us to say. */
export function connecting(target: DialTarget, onread: OnReadOpts): {
  host: string;
  port: number;
  noDelay: true;
  allowHalfOpen: true;
  onread: OnReadOpts;
} {
  return { host: target.host, port: target.port, noDelay: true, allowHalfOpen: true, onread };
}

/**
 * Waits until a socket is ready; closes it where that fails.
 *
 * @throws {DialError} Why it is not.
 * @throws The signal's reason, if it was aborted.
 */
export function opened(
  target: DialTarget,
  socket: NodeSocket,
  ready: string,
  signal: AbortSignal,
): Promise<void> {
  const raw: NetSocket = socket.raw;
  return new Promise<void>((resolve, reject) => {
    const settle = (settled: () => void) => {
      raw.off(ready, onReady).off("error", onError).off("close", onClose);
      signal.removeEventListener("abort", onAbort);
      settled();
    };
    const fail = (error: unknown) => {
      settle(() => reject(error));
      socket.close();
    };
    const onReady = () => settle(resolve);
    const onError = (error: unknown) => fail(new DialError(failureKind(error), target, error));
    const onClose = () => fail(new DialError("lost", target));
    const onAbort = () => fail(signal.reason);
    raw.once(ready, onReady).once("error", onError).once("close", onClose);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
