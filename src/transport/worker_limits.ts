/**
 * What edge-style workers cannot do, told when a client is made rather than when it dials.
 *
 * @module
 */

import type { Address } from "../endpoint.ts";
import { runtime } from "./net/runtime.ts";

/**
 * Refuses what cannot work here.
 *
 * @param transport As in the client's options.
 * @throws {TypeError} In a worker: for an endpoint with TLS, and for grpc-js.
 */
export function assertPossibleHere(addresses: readonly Address[], transport: unknown): void {
  if (runtime() !== "workerd") return;
  if (transport === "grpc-js") {
    throw new TypeError(
      'Cannot use transport "grpc-js" in a worker: it connects by node:http2, which cannot here',
    );
  }
  const secure = addresses.find((address) => address.secure);
  if (secure === undefined) return;
  throw new TypeError(
    `Cannot use ${secure.name} in a worker: its sockets have no ALPN, without which etcd refuses TLS`,
  );
}
