/**
 * A channel of the user's own in place of connections of ours.
 *
 * @module
 */

import type { Channel } from "nice-grpc";
import type { CallFailure, Connect } from "./connection.ts";

/**
 * "Connects" by using the channel as it is. It is up for as long as the client is, and is never closed here.
 *
 * @param channel The user's channel.
 */
export function givenChannel(channel: Channel): Connect {
  return (address) => {
    const down = new AbortController();
    const close = () => down.abort("closed");
    return Promise.resolve({
      address,
      channel,
      down: down.signal,
      explain: (code: number, details: string): CallFailure => ({
        code,
        details,
        sent: true,
        connectionLost: false,
      }),
      ended: new Promise<void>((resolve) => down.signal.addEventListener("abort", () => resolve())),
      drain: close,
      close,
    });
  };
}
