/**
 * What everything above the wire calls etcd with: unary calls that are retried where that is safe, and
 * streams that are opened on whatever endpoint is up.
 *
 * @module
 */

import type { RenewedToken } from "./token.ts";
import type { CallOptions, ResolvedOptions } from "../options.ts";
import type { Method } from "./method.ts";

/** How one unary call is made. */
export interface UnaryOptions extends CallOptions {
  /** May be repeated when it is unknown whether it was executed: reads, and writes that name their own id. */
  readonly idempotent: boolean;
  /**
   * Refuse at once when the member has no leader; false for what a member answers by itself, such as a
   * serializable read, whose revision then says nothing of the cluster's.
   *
   * @default {true, where the client's own option says so}
   */
  readonly requireLeader?: boolean;
  /** Without the client's token, as a login must be. */
  readonly anonymous?: boolean;
}

/** One open bidirectional stream. It ends by an error, or quietly by `close()`. */
export interface RpcStream<Q, S> extends AsyncIterable<S> {
  /** The endpoint that serves it. */
  readonly endpoint: string;
  /** What carries it. */
  readonly connection: object;
  /** The token it was opened with; undefined without credentials. */
  readonly token: string | undefined;
  /** Queues a request; ignored once the stream has ended. */
  send(request: Q): void;
  /** Ends the stream and its iteration. Idempotent. */
  close(): void;
}

/** How a stream is opened. */
export interface OpenOptions {
  /** Abandons the opening, and ends the stream later on: the iteration then rejects with the reason. */
  readonly signal?: AbortSignal;
  /** @default {true, where the client's own option says so} */
  readonly requireLeader?: boolean;
}

/** The calls of one connected client. */
export interface Rpc {
  readonly options: ResolvedOptions;

  /**
   * Makes a unary call.
   *
   * @throws {EtcdError} What the server or the way to it said, after the retries that are safe.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The signal's reason, if it was aborted.
   */
  unary<Q, S>(method: Method<Q, S>, request: Q, options: UnaryOptions): Promise<S>;

  /**
   * Opens a stream; waits until an endpoint is up, for as long as the signal allows.
   *
   * @throws {EtcdError} If login or TLS is refused.
   * @throws The signal's reason, if it was aborted.
   */
  open<Q, S>(method: Method<Q, S>, options: OpenOptions): Promise<RpcStream<Q, S>>;

  /**
   * Replaces a token that the server refused; one login for any number of callers.
   *
   * @param refused The token that was refused.
   * @returns What there is to try again with.
   */
  renewToken(refused: string | undefined): Promise<RenewedToken>;

  /** Prefers other endpoints over this one for a while. */
  avoid(endpoint: string): void;

  /** How often calls found that the endpoints belong to another cluster, or that its history was lost. */
  readonly clusterChanges: number;

  /** Who is told when there is one more, and on which connection that was found. */
  onClusterChange: (connection: object) => void;

  /** Aborts when the client's connections are closed, which ends everything that runs on them. */
  readonly closed: AbortSignal;
}
