/**
 * Connections on nice-grpc's stock channel, which is that of grpc-js.
 *
 * grpc-js hides its connections behind a channel that reconnects by itself. Here a channel stands for one
 * connection: it is handed out when it is ready and closed as soon as it is not, so that choosing where to go
 * next stays with `Endpoints`.
 *
 * @module
 */

import {
  type Channel,
  ChannelCredentials,
  type ChannelOptions,
  createChannel,
  createClient,
} from "nice-grpc";
import { type Address, HostPortPair, isIpAddress } from "../endpoint.ts";
import { EtcdUnauthenticatedError, EtcdUnavailableError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import type { ResolvedOptions } from "../options.ts";
import type { TlsOptions } from "../socket.ts";
import type { CallFailure, Connect, Connection } from "./connection.ts";
import { tlsContext } from "./net/tls_context.ts";

/** grpc-js' connectivity states. */
const READY = 2;
const TRANSIENT_FAILURE = 3;
const SHUTDOWN = 4;

type Settings = Pick<ResolvedOptions, "connectTimeout" | "keepAlive">;

/**
 * Makes connections on stock channels.
 *
 * @param settings Timeouts, in milliseconds.
 */
export function grpcJsConnect(settings: Settings): Connect {
  return async (address, tls, signal) => {
    const channel = createChannel(
      new HostPortPair(address.host, address.port).toString(),
      address.secure
        ? ChannelCredentials.createFromSecureContext(tlsContext(tls ?? {}))
        : ChannelCredentials.createInsecure(),
      channelOptions(settings, address, tls),
    );
    try {
      await becomesReady(channel, signal);
    } catch (error) {
      channel.close();
      throw error;
    }
    return new GrpcJsConnection(address, channel);
  };
}

function channelOptions(settings: Settings, address: Address, tls: TlsOptions | undefined): ChannelOptions {
  const serverName = tls?.serverName ?? (isIpAddress(address.host) ? undefined : address.host);
  return {
    "grpc.max_receive_message_length": -1,
    "grpc.max_send_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.enable_channelz": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.client_idle_timeout_ms": 2 ** 31 - 1,
    "grpc.min_reconnect_backoff_ms": settings.connectTimeout,
    ...(serverName === undefined ? {} : { "grpc.ssl_target_name_override": serverName }),
    ...(settings.keepAlive === undefined ? {} : {
      "grpc.keepalive_time_ms": settings.keepAlive.time,
      "grpc.keepalive_timeout_ms": settings.keepAlive.timeout,
      "grpc.keepalive_permit_without_calls": 1,
    }),
  };
}

/** Resolves when the channel's state is no longer `state`. */
function leaves(channel: Channel, state: number): Promise<void> {
  return new Promise((resolve) => channel.watchConnectivityState(state, Infinity, () => resolve()));
}

async function becomesReady(channel: Channel, signal: AbortSignal): Promise<void> {
  const onAbort = () => channel.close();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    for (;;) {
      signal.throwIfAborted();
      const state: number = channel.getConnectivityState(true);
      if (state === READY) return;
      if (state === TRANSIENT_FAILURE) throw toError(await lastError(channel));
      await leaves(channel, state);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

const probe = {
  probe: {
    path: "/",
    requestStream: false,
    responseStream: false,
    requestSerialize: () => new Uint8Array(),
    requestDeserialize: () => null,
    responseSerialize: () => new Uint8Array(),
    responseDeserialize: () => null,
    options: {},
  },
} as const;

/** A channel tells why it has no connection only to a call; such a call never leaves the client. */
async function lastError(channel: Channel): Promise<string> {
  try {
    await createClient(probe, channel).probe(null);
    return "unknown";
  } catch (error) {
    const { details = "" } = error as { details?: string };
    return /Last error: (.*?)(?: \(\d{4}-.*\))?\. Resolution note/.exec(details)?.[1] ?? details;
  }
}

/** What OpenSSL and its ports say when one side's certificate does not satisfy the other. */
const IDENTITY = /certificate|self[- ]signed|altnames|UnknownIssuer|NotValidForName|alert|CERT_/i;

function toError(text: string): EtcdUnavailableError | EtcdUnauthenticatedError {
  return IDENTITY.test(text)
    ? new EtcdUnauthenticatedError(text, { reason: "TLS_REFUSED", maybeExecuted: "no" })
    : new EtcdUnavailableError(text, { maybeExecuted: "no" });
}

/** grpc-js' messages for calls that were never given to a connection. */
const UNSENT = /^(\w+: )?No connection established|^Channel closed before|^Stream refused|^Name resolution/;
/** Its messages for calls whose connection ended under them. */
const LOST = /^Call cancelled|^Connection dropped|RST_STREAM with code|ECONN|EPIPE|without gRPC status/;

class GrpcJsConnection implements Connection {
  readonly address: Address;
  readonly channel: Channel;
  readonly #down = new AbortController();

  constructor(address: Address, channel: Channel) {
    this.address = address;
    this.channel = channel;
    leaves(channel, READY).then(() => {
      const closed: boolean = (channel.getConnectivityState(false) as number) === SHUTDOWN;
      this.#end(closed ? undefined : new EtcdUnavailableError(`Connection to ${address.name} lost`));
    });
  }

  get down(): AbortSignal {
    return this.#down.signal;
  }

  explain(code: number, details: string): CallFailure {
    const connectionLost = LOST.test(details) && code !== Status.OK;
    return {
      code: connectionLost && code === Status.CANCELLED ? Status.UNAVAILABLE : code,
      details,
      sent: !(code === Status.UNAVAILABLE && UNSENT.test(details)),
      connectionLost,
    };
  }

  close(): void {
    this.#end(undefined);
  }

  #end(error: EtcdUnavailableError | undefined): void {
    if (this.#down.signal.aborted) return;
    this.#down.abort(error ?? "closed");
    this.channel.close();
  }
}
