/**
 * What the communicators of a client share while any of them is open: connections, watch streams, renewals.
 *
 * @module
 */

import type { Address } from "./endpoint.ts";
import { EtcdError, EtcdUnavailableError } from "./errors.ts";
import { LeaseRenewals } from "./lease/renewals.ts";
import type { CallOptions, ResolvedOptions } from "./options.ts";
import { ConnectedRpc } from "./rpc/connected_rpc.ts";
import type { TlsOptions } from "./socket.ts";
import { abortable, withinTime } from "./timing.ts";
import type { Connect } from "./transport/connection.ts";
import { type Dial, Endpoints } from "./transport/endpoints.ts";
import { givenChannel } from "./transport/given_channel.ts";
import { nativeConnect } from "./transport/native.ts";
import { dial } from "./transport/net/dial.ts";
import { assertPem } from "./transport/net/pem.ts";
import { WatchHub } from "./watch/hub.ts";

/** The client's `tls` function gave what no connection can be opened with. */
class UnusableTls extends EtcdUnavailableError {}

/** One connected client. States: open, while it is retained; closed for good after the last release. */
export class Connected {
  readonly rpc: ConnectedRpc;
  readonly watches: WatchHub;
  readonly renewals: LeaseRenewals;
  readonly #endpoints: Endpoints;
  readonly #ended: () => void;
  #users = 0;

  /** @param ended Called when the last user has gone. */
  constructor(addresses: readonly Address[], options: ResolvedOptions, ended: () => void) {
    this.#endpoints = new Endpoints(addresses, dialing(options), {
      connected: (endpoint) => options.emit({ type: "connected", endpoint }),
      disconnected: (endpoint, error) => options.emit({ type: "disconnected", endpoint, error }),
    });
    this.rpc = new ConnectedRpc(options, this.#endpoints);
    this.watches = new WatchHub(this.rpc);
    this.renewals = new LeaseRenewals(this.rpc);
    this.#ended = ended;
  }

  /** Counts a user in, once an endpoint is up and the client is logged in. */
  async retain(options: CallOptions): Promise<void> {
    this.#users++;
    try {
      await this.rpc.connect(options);
    } catch (error) {
      await this.release();
      throw error instanceof UnusableTls ? error.cause : error;
    }
  }

  /** Counts a user out; the last one closes everything. */
  async release(): Promise<void> {
    if (--this.#users === 0) await this.close();
  }

  /** Closes everything, whoever uses it. Idempotent. */
  async close(): Promise<void> {
    this.#ended();
    await Promise.all([this.watches.close(), this.renewals.close()]);
    this.rpc.close();
  }

  /** Replaces the endpoints. */
  replace(addresses: readonly Address[]): void {
    this.#endpoints.replace(addresses);
  }
}

/** Dials with the client's certificates, within the connect timeout. */
function dialing(options: ResolvedOptions): Dial {
  const connect = connecting(options);
  return async (address, signal) => {
    try {
      return await withinTime(options.connectTimeout, signal, async (limit) => {
        const tls = await abortable(presented(options.tls), limit);
        const opening = connect(address, tls, limit);
        try {
          return await abortable(opening, limit);
        } catch (error) {
          // It may have come up in the very moment in which it was given up.
          opening.then((connection) => connection.close(), () => {});
          throw error;
        }
      });
    } catch (cause) {
      if (cause instanceof EtcdError || signal.aborted) throw cause;
      const found = cause instanceof Error ? cause.message : String(cause);
      throw new EtcdUnavailableError(found, { maybeExecuted: "no", cause });
    }
  };
}

/** The certificates of now, since a function is asked again on every dial. */
async function presented(tls: ResolvedOptions["tls"]): Promise<TlsOptions | undefined> {
  if (typeof tls !== "function") return tls;
  const given = await tls();
  try {
    assertPem(given);
  } catch (cause) {
    const found = cause instanceof Error ? cause.message : String(cause);
    throw new UnusableTls(found, { maybeExecuted: "no", retryable: false, cause });
  }
  return given;
}

function connecting({ dialer = dial, ...options }: ResolvedOptions): Connect {
  const { transport } = options;
  if (transport === "native") return nativeConnect(dialer, options);
  if (transport !== "grpc-js") return givenChannel(transport);
  return async (...args) => {
    const { grpcJsConnect } = await loadGrpcJs();
    return await grpcJsConnect(dialer, options)(...args);
  };
}

/** Workers refuse it earlier; their bundlers know this very expression, and leave grpc-js out. */
function loadGrpcJs() {
  return navigator.userAgent === "Cloudflare-Workers"
    ? Promise.reject(new TypeError("Cannot run grpc-js in a worker"))
    : import("./transport/grpc_js.ts");
}
