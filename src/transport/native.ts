/**
 * Connections on our own HTTP/2 over a plain socket.
 *
 * @module
 */

import type { Channel } from "nice-grpc";
import { type Address, HostPortPair } from "../endpoint.ts";
import { type EtcdError, EtcdUnavailableError } from "../errors.ts";
import type { KeepAliveOptions } from "../options.ts";
import type { Dialer } from "../socket.ts";
import type { CallFailure, Connect, Connection } from "./connection.ts";
import { connectionError } from "./dial_failure.ts";
import { nativeChannel } from "./grpc/channel.ts";
import { CONNECTION_LOST_TRAILER, SENT_TRAILER } from "./grpc/metadata.ts";
import { GrpcSession } from "./grpc/session.ts";
import { Http2Connection } from "./http2/connection.ts";
import { ErrorCode } from "./http2/errors.ts";
import type { GoAway } from "./http2/frame/goaway.ts";

/** What the server is told of us. */
const USER_AGENT = "etcetra-typescript";

/**
 * Makes connections of our own.
 *
 * @param dialer Opens sockets.
 * @param keepAlive When a silent server is asked whether it is there, in milliseconds. A server that finds the
 * questions too frequent is asked half as often from its next connection on.
 */
export function nativeConnect(dialer: Dialer, keepAlive: Required<KeepAliveOptions> | undefined): Connect {
  let time = keepAlive?.time ?? 0;
  return async (address, tls, signal) => {
    const target = { host: address.host, port: address.port, tls: address.secure ? tls ?? {} : undefined };
    try {
      const socket = await dialer(target, signal);
      const connection = new NativeConnection(address);
      await connection.open(() =>
        Http2Connection.open(socket, {
          signal,
          keepAlive: keepAlive && { time, timeout: keepAlive.timeout },
          onDraining(goAway) {
            if (goAway?.code === ErrorCode.ENHANCE_YOUR_CALM) time *= 2;
            connection.draining(goAway);
          },
          onClosed: (error) => connection.over(error),
        })
      );
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

  async open(handshake: () => Promise<Http2Connection>): Promise<void> {
    const authority = new HostPortPair(this.address.host, this.address.port).toString();
    this.#session = new GrpcSession(await handshake(), {
      scheme: this.address.secure ? "https" : "http",
      authority,
      userAgent: USER_AGENT,
    });
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
