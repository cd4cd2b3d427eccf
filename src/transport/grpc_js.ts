/**
 * Connections on nice-grpc's stock channel, which is that of grpc-js.
 *
 * grpc-js hides its connections behind a channel that reconnects by itself and does not say why it cannot. Here
 * an endpoint is knocked at first, by a connection of our own that tells what is wrong; then a channel stands for
 * one connection: it is handed out when it is ready and closed as soon as it is not, so that choosing where to go
 * next stays with `Endpoints`.
 *
 * @module
 */

import { type Channel, type ChannelOptions, createChannel } from "nice-grpc";
import { type Address, HostPortPair } from "../endpoint.ts";
import { EtcdUnavailableError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import { MAX_TIMER } from "../options.ts";
import type { Dialer } from "../socket.ts";
import type { CallFailure, Connect, Connection, ConnectOptions } from "./connection.ts";
import { connectionError } from "./dial_failure.ts";
import { stockCredentials } from "./net/stock_credentials.ts";

/** grpc-js' connectivity states. */
const READY = 2;
const TRANSIENT_FAILURE = 3;
const SHUTDOWN = 4;

/**
 * Makes connections on stock channels.
 *
 * @param dialer Knocks at endpoints.
 */
export function grpcJsConnect(dialer: Dialer, options: ConnectOptions): Connect {
  return async (address, tls, signal) => {
    const target = { host: address.host, port: address.port, tls: address.secure ? tls ?? {} : undefined };
    try {
      (await dialer(target, signal)).close();
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error);
    }
    const authority = new HostPortPair(address.host, address.port).toString();
    const channel = createChannel(authority, stockCredentials(target), channelOptions(options));
    const awake = stayAwake();
    try {
      await becomesReady(channel, signal);
    } catch (error) {
      channel.close();
      clearInterval(awake);
      throw error;
    }
    return new GrpcJsConnection(address, channel, awake);
  };
}

/** One connection a channel, no limits but ours, and no repetitions, proxies or statistics of its own. */
function channelOptions({ keepAlive, maxReceiveBytes }: ConnectOptions): ChannelOptions {
  return {
    "grpc.max_receive_message_length": maxReceiveBytes === Infinity ? -1 : maxReceiveBytes,
    "grpc.max_send_message_length": -1,
    "grpc.use_local_subchannel_pool": 1,
    "grpc.enable_retries": 0,
    "grpc.enable_http_proxy": 0,
    "grpc.enable_channelz": 0,
    "grpc.service_config_disable_resolution": 1,
    "grpc.client_idle_timeout_ms": 2 ** 31 - 1,
    ...(keepAlive === undefined ? {} : {
      "grpc.keepalive_time_ms": keepAlive.time,
      "grpc.keepalive_timeout_ms": keepAlive.timeout,
    }),
  };
}

/**
 * Keeps the process alive until it is cleared: while it has no calls, grpc-js would let the process end under whoever
 * waits for its connection to come up or go down.
 */
function stayAwake(): ReturnType<typeof setInterval> {
  return setInterval(() => {}, MAX_TIMER);
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
      if (state === TRANSIENT_FAILURE) {
        throw new EtcdUnavailableError("the connection failed", { maybeExecuted: "no" });
      }
      await leaves(channel, state);
    }
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

/** grpc-js' messages for calls that were never given to a connection. */
const UNSENT = /^(\w+: )?No connection established|^Channel closed before|^Stream refused|^Name resolution/;
/** Its messages for calls whose connection ended under them. */
const LOST = /^Call cancelled|^Connection dropped|RST_STREAM with code|ECONN|EPIPE|without gRPC status/;

class GrpcJsConnection implements Connection {
  readonly address: Address;
  readonly channel: Channel;
  readonly ended: Promise<void>;
  readonly #down = new AbortController();
  readonly #awake: ReturnType<typeof setInterval>;

  constructor(address: Address, channel: Channel, awake: ReturnType<typeof setInterval>) {
    this.#awake = awake;
    this.address = address;
    this.channel = channel;
    this.ended = leaves(channel, READY).then(() => {
      const closed = (channel.getConnectivityState(false) as number) === SHUTDOWN;
      this.#end(closed ? undefined : new EtcdUnavailableError(`Connection to ${address.name} lost`));
    });
  }

  get down(): AbortSignal {
    return this.#down.signal;
  }

  explain(code: number, details: string): CallFailure {
    const connectionLost = code !== Status.OK && LOST.test(details);
    return {
      code: connectionLost && code === Status.CANCELLED ? Status.UNAVAILABLE : code,
      details,
      sent: !(code === Status.UNAVAILABLE && UNSENT.test(details)),
      connectionLost,
    };
  }

  /** The channel lets calls that run on it finish. */
  drain(): void {
    this.#end(undefined);
  }

  close(): void {
    this.#end(undefined);
  }

  #end(error: EtcdUnavailableError | undefined): void {
    if (this.#down.signal.aborted) return;
    this.#down.abort(error ?? "closed");
    this.channel.close();
    clearInterval(this.#awake);
  }
}
