/**
 * One unary call, with its attempts.
 *
 * A call waits for a connection and a token, is sent, and ends in one of these ways: answered; refused by the
 * server; repeated, because it certainly was not executed, or may be executed twice; out of time; given up by
 * its caller; ended by the client's close.
 *
 * @module
 */

import { EtcdError, EtcdTimeoutError, EtcdUnavailableError, type MaybeExecuted } from "../errors.ts";
import { STALE_TOKEN, Status } from "../etcd_status.ts";
import type { ResolvedOptions } from "../options.ts";
import { fromStatus } from "../status_error.ts";
import { abortable, backoff, sleep } from "../timing.ts";
import type { Connection } from "../transport/connection.ts";
import type { Endpoints } from "../transport/endpoints.ts";
import type { GrpcSession } from "../transport/grpc/session.ts";
import { CallLife } from "./call_life.ts";
import type { ClusterIdentity, KnownCluster } from "./cluster_identity.ts";
import { failureOf } from "./failure.ts";
import type { CallHeaders, Headers } from "./headers.ts";
import type { Method } from "./method.ts";
import { DeleteRange, Put, Range, Txn } from "./methods.ts";
import type { NiceCalls } from "./nice.ts";
import type { RetryBudget } from "./retry_budget.ts";
import type { UnaryOptions } from "./rpc.ts";
import type { TokenSource } from "./token.ts";

/** What all calls of a client share. */
export interface CallContext {
  readonly options: ResolvedOptions;
  readonly endpoints: Endpoints;
  /** Past nice-grpc, where the connection is ours and no middleware has to see the call. */
  readonly shortWay: (connection: Connection) => GrpcSession | undefined;
  /** By nice-grpc, which is loaded when it is first asked for. */
  readonly niceCalls: () => Promise<NiceCalls>;
  readonly tokens: TokenSource;
  readonly headers: CallHeaders;
  readonly identity: ClusterIdentity;
  readonly budget: RetryBudget;
  readonly closed: AbortSignal;
}

/** The methods whose answers show the revision of the store, where they are linearizable. */
const SHOW_REVISION: ReadonlySet<string> = new Set(
  [Range, Put, DeleteRange, Txn].map((method) => method.name),
);

/** What a member says that cannot serve now while another one may. */
const UNFIT: ReadonlySet<string> = new Set([
  "NO_LEADER",
  "NOT_SUPPORTED_FOR_LEARNER",
  "STOPPED",
  "UNHEALTHY",
]);

/** See the module. */
export class UnaryCall<Q, S> {
  readonly #context: CallContext;
  readonly #method: Method<Q, S>;
  readonly #request: Q;
  readonly #message: Uint8Array;
  readonly #options: UnaryOptions;
  readonly #life: CallLife;
  #reauthenticated = false;
  /** Whether an attempt that is repeated may have been executed. */
  #triedBefore = false;
  #token: string | undefined;

  /**
   * @throws {RangeError} If the request is larger than the client may send.
   * @throws What {@linkcode CallLife} throws.
   */
  constructor(context: CallContext, method: Method<Q, S>, request: Q, options: UnaryOptions) {
    this.#context = context;
    this.#method = method;
    this.#request = request;
    this.#options = options;
    this.#message = method.encode(request);
    const { maxSendBytes, timeout } = context.options;
    if (this.#message.length > maxSendBytes) {
      const found = `the request has ${this.#message.length} bytes, more than maxSendBytes (${maxSendBytes})`;
      throw new RangeError(`${this.#action}: ${found}`);
    }
    this.#life = new CallLife(options, timeout, context.closed);
  }

  /**
   * Runs it.
   *
   * @throws {EtcdError} What the server or the way to it said, after the attempts that are safe.
   * @throws {EtcdTimeoutError} If its time ran out.
   * @throws The caller's reason, if it was given up.
   */
  async run(): Promise<S> {
    try {
      for (let number = 1;;) {
        const connection = this.#context.endpoints.current ?? await this.#connection();
        if (!this.#context.tokens.known && !this.#options.anonymous) await this.#logIn();
        const leader = this.#options.requireLeader ?? true;
        const { changes, clusterId, revision } = this.#context.identity;
        const floor = leader && SHOW_REVISION.has(this.#method.name) ? revision : undefined;
        try {
          const response = await this.#send(connection, leader);
          return this.#answered(response, { changes, clusterId, floor }, connection);
        } catch (thrown) {
          if (this.#movesOn(connection, thrown)) continue;
          await this.#failed(this.#toError(thrown, connection), number++, endOf(connection, thrown));
        }
      }
    } finally {
      this.#life.release();
    }
  }

  /** Sends it by the short way where there is one, by nice-grpc otherwise. */
  #send(connection: Connection, requireLeader: boolean): Promise<S> {
    const { headers, shortWay, tokens } = this.#context;
    this.#token = this.#options.anonymous ? undefined : tokens.current;
    const metadata: Headers = headers.of(this.#token, requireLeader);
    const session = shortWay(connection);
    if (session === undefined) return this.#sendByNice(connection, metadata);
    return session.unary(this.#method.path, metadata, this.#message, this.#method.decode, {
      timeout: this.#life.remaining,
      signal: this.#life.caller,
    });
  }

  async #sendByNice(connection: Connection, metadata: Headers): Promise<S> {
    const calls = await this.#context.niceCalls();
    return await calls.unary(connection, this.#method, this.#request, metadata, this.#life);
  }

  #answered(response: S, known: KnownCluster, connection: Connection): S {
    this.#context.budget.succeeded();
    // A login is part of other calls, which shall be told themselves.
    if (this.#options.anonymous) return response;
    const { header } = response as { header?: { readonly clusterId: bigint; readonly revision: bigint } };
    this.#context.identity.check(this.#action, header, known, connection);
    return response;
  }

  /**
   * Whether the call only came too late for a connection that its server ends in good order, as proxies do after so
   * many requests. It goes to the next one at once, and as often as it takes: each of them takes some calls.
   */
  #movesOn(connection: Connection, thrown: unknown): boolean {
    if (!connection.servedOut || this.#life.givenUp) return false;
    const failure = failureOf(thrown);
    return failure?.connectionLost === true && !failure.sent;
  }

  /** The error of an attempt; anything but an EtcdError ends the call as it is. */
  #toError(thrown: unknown, connection: Connection): unknown {
    const failure = failureOf(thrown);
    if (this.#life.givenUp) return this.#life.reason;
    const outOfTime = failure === undefined || RAN_OUT.has(failure.code);
    if (outOfTime && this.#life.timedOut) return this.#timeout(failure?.sent === false ? "no" : "unknown");
    if (failure === undefined) return thrown;
    const tried = { ...failure, triedBefore: this.#triedBefore };
    const error = fromStatus(this.#action, failure.code, failure.details, tried);
    if (UNFIT.has(error.reason)) this.#context.endpoints.avoid(connection.address.name);
    return error;
  }

  /**
   * Waits until the call may be repeated.
   *
   * @param lost The connection, if its end is what failed.
   * @throws The error, if it must not be.
   */
  async #failed(error: unknown, number: number, lost: Connection | undefined): Promise<void> {
    if (!(error instanceof EtcdError)) throw error;
    if (STALE_TOKEN.has(error.reason) && !this.#reauthenticated) {
      const renewed = await this.#within(this.#context.tokens.renew(this.#token), error);
      this.#reauthenticated = renewed !== "known";
      if (renewed) return;
    }
    const { budget, options } = this.#context;
    const { maxAttempts, minTimeout, maxTimeout } = options.retry;
    const safe = this.#options.idempotent || error.maybeExecuted === "no";
    if (!error.retryable || !safe) throw error;
    budget.failed(lost);
    if (number >= maxAttempts || !budget.allows) throw error;
    if (error.maybeExecuted !== "no") this.#triedBefore = true;
    options.emit({ type: "retry", method: this.#method.name, attempt: number, error });
    await this.#within(sleep(backoff(number, minTimeout, maxTimeout), this.#life.signal), error);
  }

  async #connection(): Promise<Connection> {
    const { endpoints, options } = this.#context;
    const patience = options.retry.maxAttempts === 1 ? "one-round" : "until-up";
    try {
      return await endpoints.acquire(patience, this.#life.signal);
    } catch (error) {
      if (!this.#life.timedOut) throw error;
      const found = `no endpoint is up (${endpoints.describe()})`;
      throw this.#timeout("no", new EtcdUnavailableError(found, { maybeExecuted: "no" }));
    }
  }

  async #logIn(): Promise<void> {
    await this.#within(this.#context.tokens.get(), undefined);
  }

  /** Waits for something between attempts, for as long as the call may go on. */
  async #within<T>(step: Promise<T>, last: EtcdError | undefined): Promise<T> {
    try {
      return await abortable(step, this.#life.signal);
    } catch (error) {
      throw this.#life.timedOut ? this.#timeout(last?.maybeExecuted ?? "no", last) : error;
    }
  }

  #timeout(maybeExecuted: MaybeExecuted, cause?: EtcdError): EtcdTimeoutError {
    const found = cause === undefined ? "" : `: ${cause.message}`;
    const message = `${this.#action} within ${this.#life.timeout} ms${found}`;
    return new EtcdTimeoutError(message, {
      maybeExecuted: this.#triedBefore ? "unknown" : maybeExecuted,
      cause,
    });
  }

  get #action(): string {
    return `Cannot call ${this.#method.name}`;
  }
}

/** How a call ends whose time has run out, by our clock or by the server's. */
const RAN_OUT: ReadonlySet<number> = new Set([Status.DEADLINE_EXCEEDED, Status.CANCELLED]);

/** The connection, if the call failed with it rather than by what a server said. */
function endOf(connection: Connection, thrown: unknown): Connection | undefined {
  const failure = failureOf(thrown);
  return failure?.connectionLost || failure?.sent === false ? connection : undefined;
}
