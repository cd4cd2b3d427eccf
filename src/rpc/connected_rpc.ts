/**
 * The calls of one connected client, over its endpoints.
 *
 * @module
 */

import { EtcdTimeoutError, EtcdUnavailableError } from "../errors.ts";
import { Status } from "../etcd_status.ts";
import type { CallOptions, ClientMiddleware, ResolvedOptions } from "../options.ts";
import { fromStatus } from "../status_error.ts";
import { abortable } from "../timing.ts";
import type { Endpoints } from "../transport/endpoints.ts";
import { CallLife } from "./call_life.ts";
import { ClusterIdentity } from "./cluster_identity.ts";
import { CallHeaders } from "./headers.ts";
import type { Method } from "./method.ts";
import { NativeStream } from "./native_stream.ts";
import type { NiceCalls } from "./nice.ts";
import { RetryBudget } from "./retry_budget.ts";
import type { OpenOptions, Rpc, RpcStream, UnaryOptions } from "./rpc.ts";
import { type RenewedToken, TokenSource } from "./token.ts";
import { type CallContext, UnaryCall } from "./unary_call.ts";

/** {@linkcode Rpc} over endpoints. States: open, then closed for good. */
export class ConnectedRpc implements Rpc {
  readonly options: ResolvedOptions;
  onClusterChange: (connection: object) => void = () => {};
  readonly #context: CallContext;
  readonly #closed = new AbortController();

  constructor(options: ResolvedOptions, endpoints: Endpoints) {
    this.options = options;
    this.#context = {
      options,
      endpoints,
      shortWay: ({ session }) => options.middleware.length === 0 ? session : undefined,
      niceCalls: loader(options.middleware),
      tokens: new TokenSource(
        options.credentials,
        async (username, password) => {
          const { authenticate } = await import("./authenticate.ts");
          return await authenticate(this, username, password);
        },
        () => options.emit({ type: "reauthenticated" }),
      ),
      headers: new CallHeaders(options.requireLeader),
      identity: new ClusterIdentity((connection) => this.onClusterChange(connection)),
      budget: new RetryBudget(),
      closed: this.#closed.signal,
    };
  }

  get clusterChanges(): number {
    return this.#context.identity.changes;
  }

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  /**
   * Resolves once an endpoint is up and, with credentials, authenticated.
   *
   * @throws {EtcdTimeoutError} If the caller's own timeout runs out.
   * @throws {EtcdError} If every endpoint failed once, the connect timeout ran out, or the login was refused.
   */
  async connect(options: CallOptions): Promise<void> {
    const { endpoints, tokens } = this.#context;
    const life = new CallLife(options, this.options.connectTimeout, this.closed);
    try {
      await endpoints.acquire("one-round", life.signal);
      await abortable(tokens.get(), life.signal);
    } catch (error) {
      if (!life.timedOut) throw error;
      const TimeoutError = options.timeout === undefined ? EtcdUnavailableError : EtcdTimeoutError;
      throw new TimeoutError(
        `Cannot connect within ${life.timeout} ms: no endpoint is up (${endpoints.describe()})`,
        { maybeExecuted: "no", cause: error },
      );
    } finally {
      life.release();
    }
  }

  async unary<Q, S>(method: Method<Q, S>, request: Q, options: UnaryOptions): Promise<S> {
    const loading = method.load?.();
    if (loading !== undefined) await loading;
    return await new UnaryCall(this.#context, method, request, options).run();
  }

  async open<Q, S>(method: Method<Q, S>, options: OpenOptions): Promise<RpcStream<Q, S>> {
    const { endpoints, headers, niceCalls, shortWay, tokens } = this.#context;
    const life = new CallLife({ signal: options.signal }, 0, this.closed);
    try {
      const connection = await endpoints.acquire("until-up", life.signal);
      const token = await abortable(tokens.get(), life.signal);
      await method.load?.();
      const metadata = headers.of(token, options.requireLeader ?? true);
      const session = shortWay(connection);
      if (session === undefined) {
        const { NiceStream } = await import("./stream.ts");
        return new NiceStream(await niceCalls(), connection, method, metadata, token, life);
      }
      const { address: { name: endpoint }, down } = connection;
      const stream = { connection, endpoint, headers: metadata, token, down, life };
      return new NativeStream(session, method, stream);
    } catch (error) {
      life.release();
      throw error;
    }
  }

  renewToken(refused: string | undefined): Promise<RenewedToken> {
    return this.#context.tokens.renew(refused);
  }

  avoid(endpoint: string): void {
    this.#context.endpoints.avoid(endpoint);
  }

  /** Ends everything that runs. Idempotent. */
  close(): void {
    if (this.closed.aborted) return;
    const reason = fromStatus("Cannot go on", Status.CANCELLED, "the client is closed");
    this.#closed.abort(reason);
    this.#context.endpoints.close(reason);
  }
}

/** Loads nice-grpc once, when it is first needed. */
function loader(middleware: readonly ClientMiddleware[]): () => Promise<NiceCalls> {
  let calls: Promise<NiceCalls> | undefined;
  return async () => {
    const mine = calls ??= import("./nice.ts").then(({ NiceCalls }) => new NiceCalls(middleware));
    try {
      return await mine;
    } catch (error) {
      if (calls === mine) calls = undefined;
      throw error;
    }
  };
}
