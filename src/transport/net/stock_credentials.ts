/**
 * TLS for grpc-js' channels that verifies as our own connections do. grpc-js itself names IP addresses in the
 * handshake, which Deno and Bun refuse.
 *
 * @module
 */

import { CallCredentials, ChannelCredentials } from "@grpc/grpc-js";
import type { Socket as NetSocket } from "node:net";
import type { DialTarget, TlsOptions } from "../../socket.ts";
import { secureOver } from "./node_tls.ts";

type Connector = ReturnType<ChannelCredentials["_createSecureConnector"]>;

/** Credentials for one endpoint. */
export function stockCredentials(target: DialTarget): ChannelCredentials {
  return target.tls === undefined ? ChannelCredentials.createInsecure() : new VerifiedTls(target, target.tls);
}

class VerifiedTls extends ChannelCredentials {
  readonly #target: DialTarget;
  readonly #tls: TlsOptions;

  constructor(target: DialTarget, tls: TlsOptions) {
    super();
    this.#target = target;
    this.#tls = tls;
  }

  _isSecure(): boolean {
    return true;
  }

  _equals(other: ChannelCredentials): boolean {
    return this === other;
  }

  _createSecureConnector(_target: unknown, _options: unknown, calls?: CallCredentials): Connector {
    return {
      connect: (socket: NetSocket) => secureOver(socket, this.#target, this.#tls),
      waitForReady: () => Promise.resolve(),
      getCallCredentials: () => calls ?? CallCredentials.createEmpty(),
      destroy: () => {},
    };
  }
}
