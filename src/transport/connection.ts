/**
 * One connection to one endpoint, whatever carries it: the seam between the calls above and the transports.
 *
 * States: up, from the moment it is handed out; down, once no new call may start on it (it was lost, the
 * server is draining it, or it was closed), for good. Calls that run on a draining connection may finish.
 *
 * @module
 */

import type { Channel } from "nice-grpc";
import type { Address } from "../endpoint.ts";
import type { KeepAliveOptions } from "../options.ts";
import type { TlsOptions } from "../socket.ts";
import type { GrpcSession } from "./grpc/session.ts";

/** How a call failed, as far as its transport can tell. */
export interface CallFailure {
  /** gRPC status number. */
  readonly code: number;
  /** gRPC status message. */
  readonly details: string;
  /** False when not a byte of the request can have reached the server. */
  readonly sent: boolean;
  /** True when the connection ended before a status came. */
  readonly connectionLost: boolean;
}

/** A connection that calls can run on. */
export interface Connection {
  readonly address: Address;
  /** What nice-grpc's clients are given. */
  readonly channel: Channel;
  /** The short way for unary calls, past nice-grpc, where the transport has one. */
  readonly session?: GrpcSession;
  /** True once the server has served some calls and asks in good order to make the next ones elsewhere or anew. */
  readonly servedOut?: boolean;
  /** Aborts when no new call may start on it; the reason is the error that ended it. */
  readonly down: AbortSignal;
  /**
   * Reads a failed call's status and trailers.
   *
   * @param trailer The first value of a trailer.
   */
  explain(code: number, details: string, trailer: (name: string) => string | undefined): CallFailure;
  /** Resolves when nothing runs on it any more that `close` would have to end. Never rejects. */
  readonly ended: Promise<void>;
  /** Takes no new call, and ends once those that run have ended. Idempotent. */
  drain(): void;
  /** Ends it; calls that run on it are cancelled by whoever made them. Idempotent. */
  close(): void;
}

/** What holds for all connections of a client. */
export interface ConnectOptions {
  /** When a silent server is asked whether it is there, in milliseconds; undefined for never. */
  readonly keepAlive: Required<KeepAliveOptions> | undefined;
  /** Bytes of the largest message from a server. */
  readonly maxReceiveBytes: number;
}

/**
 * Opens one connection: TCP, TLS and the first SETTINGS.
 *
 * @param address Where.
 * @param tls Certificates, if the address is a secure one.
 * @param signal Abandons the attempt.
 * @throws {EtcdError} Why there is no connection; one that is not retryable when trying again is of no use.
 */
export type Connect = (
  address: Address,
  tls: TlsOptions | undefined,
  signal: AbortSignal,
) => Promise<Connection>;
