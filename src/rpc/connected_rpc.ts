/**
 * Calls over the endpoints of one connected client.
 *
 * A unary call waits for a connection, is sent, and ends in one of these ways: answered; refused by the server;
 * repeated, because it certainly was not executed, or may be executed twice; out of time; given up by its
 * caller; ended by the client's close.
 *
 * @module
 */

import { EtcdError, EtcdTimeoutError, EtcdUnavailableError, fromStatus } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import type { CallOptions, ResolvedOptions } from "../options.ts";
import { abortable, backoff, sleep } from "../timing.ts";
import type { Connection } from "../transport/connection.ts";
import type { Endpoints } from "../transport/endpoints.ts";
import { authenticate } from "./authenticate.ts";
import { CallLife } from "./call_life.ts";
import { ClusterIdentity } from "./cluster_identity.ts";
import type { Method } from "./method.ts";
import { DeleteRange, Put, Range, Txn } from "./methods.ts";
import { type Headers, NiceCalls, RpcFailure } from "./nice.ts";
import { RetryBudget } from "./retry_budget.ts";
import type { OpenOptions, Rpc, RpcStream, UnaryOptions } from "./rpc.ts";
import { NiceStream } from "./stream.ts";
import { TokenSource } from "./token.ts";

/** The methods whose answers show the revision of the store, where they are linearizable. */
const KV_METHODS: ReadonlySet<string> = new Set([Range, Put, DeleteRange, Txn].map((method) => method.name));

/** One attempt's failure, and what its token was. */
interface Attempt {
  readonly number: number;
  readonly error: EtcdError;
  readonly token: string | undefined;
}

/** {@linkcode Rpc} over endpoints. States: open, then closed for good. */
export class ConnectedRpc implements Rpc {
  readonly options: ResolvedOptions;
  readonly #endpoints: Endpoints;
  readonly #calls: NiceCalls;
  readonly #tokens: TokenSource;
  readonly #identity = new ClusterIdentity();
  readonly #budget = new RetryBudget();
  readonly #closed = new AbortController();

  constructor(options: ResolvedOptions, endpoints: Endpoints) {
    this.options = options;
    this.#endpoints = endpoints;
    this.#calls = new NiceCalls(options.middleware);
    this.#tokens = new TokenSource(
      options.credentials,
      (username, password) => authenticate(this, username, password),
      () => options.emit({ type: "reauthenticated" }),
    );
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Resolves once an endpoint is up and, with credentials, authenticated.
   *
   * @throws {EtcdError} If every endpoint failed once, or the login was refused.
   */
  async connect(options: CallOptions): Promise<void> {
    const life = new CallLife(options, this.options.connectTimeout, this.closed);
    try {
      await this.#endpoints.acquire("one-round", life.signal);
      await abortable(this.#tokens.get(), life.signal);
    } catch (error) {
      if (!life.timedOut) throw error;
      throw new EtcdUnavailableError(
        `Cannot connect within ${life.timeout} ms: no endpoint is up (${this.#endpoints.describe()})`,
        { maybeExecuted: "no", cause: error },
      );
    } finally {
      life.release();
    }
  }

  async unary<Q, S>(method: Method<Q, S>, request: Q, options: UnaryOptions): Promise<S> {
    this.#assertSize(method, request);
    const life = new CallLife(options, this.options.timeout, this.closed);
    try {
      return await this.#unary(method, request, options, life);
    } finally {
      life.release();
    }
  }

  async open<Q, S>(method: Method<Q, S>, options: OpenOptions): Promise<RpcStream<Q, S>> {
    const life = new CallLife({ signal: options.signal, timeout: 0 }, 0, this.closed);
    try {
      const connection = await this.#endpoints.acquire("until-up", life.signal);
      const token = await abortable(this.#tokens.get(), life.signal);
      const headers = this.#headers(token, options.requireLeader ?? true, undefined);
      return new NiceStream(this.#calls, connection, method, headers, token, life);
    } catch (error) {
      life.release();
      throw error;
    }
  }

  renewToken(refused: string | undefined): Promise<boolean> {
    return this.#tokens.renew(refused);
  }

  avoid(endpoint: string): void {
    this.#endpoints.avoid(endpoint);
  }

  /** Ends everything that runs. Idempotent. */
  close(): void {
    if (this.closed.aborted) return;
    const reason = fromStatus("Cannot go on", Status.CANCELLED, "the client is closed");
    this.#closed.abort(reason);
    this.#endpoints.close(reason);
  }

  async #unary<Q, S>(
    method: Method<Q, S>,
    request: Q,
    options: UnaryOptions,
    life: CallLife,
  ): Promise<S> {
    for (let number = 1, reauthenticated = false;; number++) {
      const attempt = await this.#attempt(method, request, options, life, number);
      if (!("error" in attempt)) return attempt.response;
      if (
        !reauthenticated && STALE_TOKEN.has(attempt.error.reason) && await this.#renew(attempt.token, life)
      ) {
        reauthenticated = true;
        continue;
      }
      await this.#beforeRepetition(method, options, attempt, life);
    }
  }

  async #attempt<Q, S>(
    method: Method<Q, S>,
    request: Q,
    options: UnaryOptions,
    life: CallLife,
    number: number,
  ): Promise<{ readonly response: S } | Attempt> {
    const action = `Cannot call ${method.name}`;
    const connection = this.#endpoints.current ?? await this.#connection(action, life);
    const token = options.anonymous ? undefined : await this.#token(action, life);
    const requireLeader = options.requireLeader ?? true;
    const floor = requireLeader && KV_METHODS.has(method.name) ? this.#identity.revision : undefined;
    const headers = this.#headers(token, requireLeader, life.remaining);
    let response: S;
    try {
      response = await this.#calls.unary(connection, method, request, headers, life.signal);
    } catch (thrown) {
      const error = this.#toError(action, thrown, life, connection);
      if (!(error instanceof EtcdError)) throw error;
      return { number, error, token };
    }
    this.#budget.succeeded();
    this.#identity.check(action, (response as { header?: HeaderLike }).header, floor);
    return { response };
  }

  /** The typed error of an attempt; anything but an EtcdError ends the call as it is. */
  #toError(action: string, thrown: unknown, life: CallLife, connection: Connection): unknown {
    if (life.timedOut) return timedOut(action, life, "unknown");
    if (life.signal.aborted) return life.signal.reason;
    if (!(thrown instanceof RpcFailure)) return thrown;
    const { failure } = thrown;
    if (failure.code === Status.DEADLINE_EXCEEDED && life.timeout > 0) {
      return timedOut(action, life, failure.sent ? "unknown" : "no");
    }
    const error = fromStatus(action, failure.code, failure.details, failure);
    if (UNFIT.has(error.reason)) this.#endpoints.avoid(connection.address.name);
    return error;
  }

  /** Waits before an attempt is repeated. @throws {EtcdError} That of the attempt, if it must not be. */
  async #beforeRepetition<Q, S>(
    method: Method<Q, S>,
    options: UnaryOptions,
    { error, number }: Attempt,
    life: CallLife,
  ): Promise<void> {
    const safe = options.idempotent || error.maybeExecuted === "no";
    if (!error.retryable || !safe) throw error;
    this.#budget.failed();
    const { maxAttempts, minTimeout, maxTimeout } = this.options.retry;
    if (number >= maxAttempts || !this.#budget.allows) throw error;
    this.options.emit({ type: "retry", method: method.name, attempt: number, error });
    try {
      await sleep(backoff(number, minTimeout, maxTimeout), life.signal);
    } catch (reason) {
      throw life.timedOut ? timedOut(`Cannot call ${method.name}`, life, error.maybeExecuted, error) : reason;
    }
  }

  async #connection(action: string, life: CallLife): Promise<Connection> {
    const patience = this.options.retry.maxAttempts === 1 ? "one-round" : "until-up";
    try {
      return await this.#endpoints.acquire(patience, life.signal);
    } catch (error) {
      if (!life.timedOut) throw error;
      const found = `no endpoint is up (${this.#endpoints.describe()})`;
      throw timedOut(action, life, "no", new EtcdUnavailableError(found, { maybeExecuted: "no" }));
    }
  }

  #token(action: string, life: CallLife): string | undefined | Promise<string | undefined> {
    if (this.#tokens.known) return this.#tokens.current;
    return abortable(this.#tokens.get(), life.signal).catch((error) => {
      throw life.timedOut ? timedOut(action, life, "no") : error;
    });
  }

  async #renew(refused: string | undefined, life: CallLife): Promise<boolean> {
    return await abortable(this.#tokens.renew(refused), life.signal);
  }

  #headers(token: string | undefined, requireLeader: boolean, remaining: number | undefined): Headers {
    return {
      ...(token === undefined ? {} : { token }),
      ...(requireLeader && this.options.requireLeader ? { hasleader: "true" } : {}),
      ...(remaining === undefined ? {} : { "grpc-timeout": grpcTimeout(remaining) }),
    };
  }

  #assertSize<Q, S>(method: Method<Q, S>, request: Q): void {
    const size = method.encode(request).length;
    if (size <= this.options.maxSendBytes) return;
    throw new RangeError(
      `Cannot call ${method.name}: the request has ${size} bytes, more than maxSendBytes (${this.options.maxSendBytes})`,
    );
  }
}

interface HeaderLike {
  readonly clusterId: bigint;
  readonly revision: bigint;
}

/** What a member says that cannot serve now while another one can. */
const UNFIT: ReadonlySet<string> = new Set([
  "NO_LEADER",
  "NOT_SUPPORTED_FOR_LEARNER",
  "STOPPED",
  "UNHEALTHY",
]);

/** What the server says of a token that is of no use any more; USER_EMPTY when it forgot whose it was. */
const STALE_TOKEN: ReadonlySet<string> = new Set(["INVALID_AUTH_TOKEN", "AUTH_OLD_REVISION", "USER_EMPTY"]);

/** A `grpc-timeout` header: at most eight digits and a unit. */
function grpcTimeout(ms: number): string {
  return ms < 1e8 ? `${ms}m` : `${Math.ceil(ms / 1000)}S`;
}

function timedOut(
  action: string,
  life: CallLife,
  maybeExecuted: "no" | "yes" | "unknown",
  cause?: EtcdError,
): EtcdTimeoutError {
  const found = cause === undefined ? "" : `: ${cause.message}`;
  return new EtcdTimeoutError(`${action} within ${life.timeout} ms${found}`, { maybeExecuted, cause });
}
