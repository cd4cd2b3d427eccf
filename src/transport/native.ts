/**
 * Connections on our own HTTP/2 over a plain socket.
 *
 * @module
 */

import type { Channel } from "nice-grpc";
import { type Address, HostPortPair } from "../endpoint.ts";
import { type EtcdError, EtcdUnavailableError } from "../errors.ts";
import type { Dialer } from "../socket.ts";
import type { CallFailure, Connect, Connection, ConnectOptions } from "./connection.ts";
import { connectionError } from "./dial_failure.ts";
import { nativeChannel } from "./grpc/channel.ts";
import { CONNECTION_LOST_TRAILER, SENT_TRAILER } from "./grpc/metadata.ts";
import { GrpcSession } from "./grpc/session.ts";
import { Http2Connection } from "./http2/connection.ts";
import type { GoAway } from "./http2/frame/goaway.ts";
import { PingTimes } from "./ping_times.ts";

/** What the server is told of us. */
const USER_AGENT = "etcetra-typescript";

/** What a server says, by the GOAWAY that ends a connection, to who asks too often whether it is there. */
const TOO_MANY_PINGS = "too_many_pings";

/**
 * Makes connections of our own.
 *
 * @param dialer Opens sockets.
 */
export function nativeConnect(dialer: Dialer, { keepAlive, maxReceiveBytes }: ConnectOptions): Connect {
  const times = new PingTimes(keepAlive?.time ?? 0);
  return async (address, tls, signal) => {
    const target = { host: address.host, port: address.port, tls: address.secure ? tls ?? {} : undefined };
    try {
      const socket = await dialer(target, signal);
      const connection = new NativeConnection(address);
      await connection.open(() =>
        Http2Connection.open(socket, {
          signal,
          keepAlive: keepAlive && { time: times.of(address.name), timeout: keepAlive.timeout },
          onDraining(goAway) {
            if (goAway?.debugData === TOO_MANY_PINGS) times.tooMany(address.name);
            connection.draining(goAway);
          },
          onClosed: (error) => connection.over(error),
        }), maxReceiveBytes);
      return connection;
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error);
    }
  };
}

class NativeConnection implements Connection {
  readonly address: Address;
  readonly #down = new AbortController();
  #session!: GrpcSession;
  #channel!: Channel;

  constructor(address: Address) {
    this.address = address;
  }

  get channel(): Channel {
    return this.#channel;
  }

  get session(): GrpcSession {
    return this.#session;
  }

  get down(): AbortSignal {
    return this.#down.signal;
  }

  async open(handshake: () => Promise<Http2Connection>, maxReceiveBytes: number): Promise<void> {
    const authority = new HostPortPair(this.address.host, this.address.port).toString();
    const target = {
      scheme: this.address.secure ? "https" : "http",
      authority,
      userAgent: USER_AGENT,
    } as const;
    this.#session = new GrpcSession(await handshake(), target, maxReceiveBytes);
    this.#channel = nativeChannel(this.#session, authority);
  }

  get servedOut(): boolean {
    return this.#session.connection.servedOut;
  }

  /** The connection takes nothing new any more. */
  draining(goAway: GoAway | null): void {
    if (goAway === null) this.#end(undefined);
    else this.#end(new EtcdUnavailableError(`${this.address.name} closes the connection`));
  }

  /** All is over. */
  over(error: Error | null): void {
    this.#end(error === null ? undefined : connectionError(error));
  }

  get ended(): Promise<void> {
    return this.#session.connection.closed;
  }

  explain(code: number, details: string, trailer: (name: string) => string | undefined): CallFailure {
    return {
      code,
      details,
      sent: trailer(SENT_TRAILER) !== "no",
      connectionLost: trailer(CONNECTION_LOST_TRAILER) === "true",
    };
  }

  drain(): void {
    this.#session.connection.drain();
  }

  close(): void {
    this.#end(undefined);
    this.#session.connection.close();
  }

  #end(error: EtcdError | undefined): void {
    if (!this.#down.signal.aborted) this.#down.abort(error ?? "closed");
  }
}
