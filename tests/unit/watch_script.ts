/**
 * A server whose every word on the Watch stream is the test's own, for what real servers do only by chance, or
 * only in old versions.
 * @module
 */

import { WatchRequest, WatchResponse } from "../../proto/gen/watch.ts";
import type { WatchCreateRequest } from "../../proto/gen/watch.ts";
import type { Event } from "../../proto/gen/mvcc.ts";
import { encodeText } from "../../src/bytes.ts";
import { EtcdUnavailableError } from "../../src/errors.ts";
import { type Codec, utf8Codec } from "../../src/codec.ts";
import { Keyspace, prefixSpan, type Span } from "../../src/keys.ts";
import { type ClientEvent, resolveOptions } from "../../src/options.ts";
import { Resources } from "../../src/resources.ts";
import type { Method } from "../../src/rpc/method.ts";
import type { RenewedToken } from "../../src/rpc/token.ts";
import type { OpenOptions, Rpc, RpcStream, UnaryOptions } from "../../src/rpc/rpc.ts";
import { watch, type Watcher, WatchHub, type WatchOptions } from "../../src/watch.ts";
import { decodeWatchMessage } from "../../src/watch/message.ts";

export const CLUSTER = 0xfedc_ba98_7654_3210n;

/** A queue that is awaited item by item. */
class Inbox<T> {
  readonly #items: T[] = [];
  readonly #waiting: ((item: T) => void)[] = [];

  push(item: T): void {
    const waiting = this.#waiting.shift();
    if (waiting) waiting(item);
    else this.#items.push(item);
  }

  next(): Promise<T> {
    if (this.#items.length > 0) return Promise.resolve(this.#items.shift() as T);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** What is there now. */
  drain(): T[] {
    return this.#items.splice(0);
  }
}

type Request = NonNullable<WatchRequest["requestUnion"]>;
type Parts = Partial<Omit<WatchResponse, "header">> & {
  readonly revision?: bigint;
  readonly cluster?: bigint;
};

/** A response; what is not given has its default value. */
export function response({ revision = 0n, cluster = CLUSTER, ...rest }: Parts): WatchResponse {
  return {
    header: { clusterId: cluster, memberId: 1n, revision, raftTerm: 2n },
    watchId: 0n,
    created: false,
    canceled: false,
    compactRevision: 0n,
    cancelReason: "",
    fragment: false,
    events: [],
    ...rest,
  };
}

/** One stream, seen from the server. Requests that ask for progress are set apart. */
export class ScriptedStream implements RpcStream<unknown, unknown> {
  readonly connection: object;
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly progressRequests = new Inbox<true>();
  readonly closed: Promise<void>;
  readonly #requests = new Inbox<Request>();
  readonly #responses = new Inbox<{ readonly bytes?: Uint8Array; readonly error?: unknown }>();
  readonly #closed = Promise.withResolvers<void>();
  #over = false;

  constructor(rpc: ScriptedRpc, signal: AbortSignal | undefined) {
    this.connection = rpc.connection;
    this.endpoint = "127.0.0.1:2379";
    this.token = rpc.token;
    this.closed = this.#closed.promise;
    signal?.addEventListener("abort", () => this.fail(signal.reason), { once: true });
  }

  send(request: unknown): void {
    if (this.#over) return;
    const { requestUnion } = WatchRequest.decode(WatchRequest.encode(request as WatchRequest).finish());
    if (requestUnion?.$case === "progressRequest") this.progressRequests.push(true);
    else if (requestUnion) this.#requests.push(requestUnion);
  }

  close(): void {
    this.#end({});
  }

  async *[Symbol.asyncIterator](): AsyncIterator<unknown> {
    for (;;) {
      const { bytes, error } = await this.#responses.next();
      if (error !== undefined) throw error;
      if (bytes === undefined) return;
      yield decodeWatchMessage(bytes);
    }
  }

  /** The next create request. */
  async creates(): Promise<WatchCreateRequest> {
    const request = await this.#requests.next();
    if (request.$case !== "createRequest") throw new Error(`expected a create, got ${request.$case}`);
    return request.value;
  }

  /** The id that the next request cancels. */
  async cancels(): Promise<bigint> {
    const request = await this.#requests.next();
    if (request.$case !== "cancelRequest") throw new Error(`expected a cancel, got ${request.$case}`);
    return request.value.watchId;
  }

  /** The requests that nobody has looked at. */
  unseen(): Request[] {
    return this.#requests.drain();
  }

  /** Says something. */
  reply(parts: Parts): void {
    this.#responses.push({ bytes: WatchResponse.encode(response(parts)).finish() });
  }

  /** Answers a create, as a server at `revision`. */
  async accept(revision: bigint): Promise<WatchCreateRequest> {
    const request = await this.creates();
    this.reply({ watchId: request.watchId, created: true, revision });
    return request;
  }

  /** Refuses a create, as servers do that name no id. */
  async refuse(cancelReason: string): Promise<void> {
    await this.creates();
    this.reply({ watchId: -1n, created: true, canceled: true, cancelReason });
  }

  /** Sends events to a watcher. The header carries the newest of their revisions, unless told otherwise. */
  events(watchId: bigint, events: Event[], more: Parts = {}): void {
    this.reply({ watchId, events, revision: events.at(-1)?.kv?.modRevision, ...more });
  }

  /** The stream ends with an error. */
  fail(error: unknown): void {
    this.#end({ error });
  }

  #end(how: { readonly error?: unknown }): void {
    if (this.#over) return;
    this.#over = true;
    this.#responses.push(how);
    this.#closed.resolve();
  }
}

/** A way to that server. */
export class ScriptedRpc implements Rpc {
  readonly events: ClientEvent[] = [];
  readonly options = resolveOptions("127.0.0.1:2379", { onEvent: (event) => this.events.push(event) });
  readonly avoided: string[] = [];
  readonly streams = new Inbox<ScriptedStream>();
  /** What linearizable reads are answered with; each may be replaced, or throw. */
  store: (key: Uint8Array) => { clusterId?: bigint; revision: bigint } = () => ({ revision: 1n });
  clusterChanges = 0;
  onClusterChange: (connection: object) => void = () => {};
  /** What streams are opened on from now on. */
  connection = {};
  /** How often a linearizable read was made. */
  reads = 0;
  token: string | undefined;
  /** Gets another token, or tells that there is none. */
  renew: () => RenewedToken | true = () => false;
  renewals = 0;
  /** Awaited before a stream is opened. */
  up: Promise<void> = Promise.resolve();
  readonly #closed = new AbortController();

  get closed(): AbortSignal {
    return this.#closed.signal;
  }

  close(): void {
    this.#closed.abort(new Error("closed"));
  }

  // deno-lint-ignore require-await -- what it throws must be a rejection
  async unary<Q, S>(_method: Method<Q, S>, request: Q, { signal }: UnaryOptions): Promise<S> {
    this.reads++;
    signal?.throwIfAborted();
    const { clusterId = CLUSTER, revision } = this.store((request as { key: Uint8Array }).key);
    return { header: { clusterId, memberId: 1n, revision, raftTerm: 2n } } as S;
  }

  async open<Q, S>(_method: Method<Q, S>, { signal }: OpenOptions): Promise<RpcStream<Q, S>> {
    const aborted = new Promise<never>((_, reject) =>
      signal?.addEventListener("abort", () => reject(signal.reason), { once: true })
    );
    await Promise.race([this.up, aborted]);
    signal?.throwIfAborted();
    const stream = new ScriptedStream(this, signal);
    this.streams.push(stream);
    return stream as unknown as RpcStream<Q, S>;
  }

  // deno-lint-ignore require-await -- as above
  async renewToken(_refused: string | undefined): Promise<RenewedToken> {
    this.renewals++;
    const renewed = this.renew();
    return renewed === true ? "new" : renewed;
  }

  /** A call is told that the cluster is another one, by what came over a connection. */
  changed(connection = this.connection): void {
    this.clusterChanges++;
    this.onClusterChange(connection);
  }

  avoid(endpoint: string): void {
    this.avoided.push(endpoint);
  }
}

/** A communicator on a scripted server; disposing it closes it. */
export class Script implements AsyncDisposable {
  readonly rpc = new ScriptedRpc();
  readonly hub = new WatchHub(this.rpc);
  readonly resources = new Resources();

  /** Watches what begins with "k", unless told otherwise. */
  watch(options?: WatchOptions, span: Span = prefixSpan("k")): Watcher<string> {
    return this.watchWith(utf8Codec, options, span);
  }

  watchWith<V>(
    codec: Codec<V>,
    options?: WatchOptions,
    span: Span = prefixSpan("k"),
    keys = Keyspace.root,
  ): Watcher<V> {
    return watch({ rpc: this.rpc, keys, codec, resources: this.resources }, this.hub, span, options);
  }

  /** The next stream that is opened. */
  stream(): Promise<ScriptedStream> {
    return this.rpc.streams.next();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.resources.close();
    await this.hub.close();
  }
}

/** Ends streams. */
export const LOST = new EtcdUnavailableError("connection lost");

/** A watcher that was created at revision 10, and the stream that it is on. */
export async function live(script: Script): Promise<{ watcher: Watcher<string>; stream: ScriptedStream }> {
  const watcher = script.watch();
  const stream = await script.stream();
  await stream.accept(10n);
  await watcher.ready;
  script.rpc.store = () => ({ revision: 10n });
  return { watcher, stream };
}

/** A put as the server tells of it; of a new key unless `createRevision` says otherwise. */
export function put(key: string, value: string, revision: bigint, createRevision = revision): Event {
  return {
    type: 0,
    kv: {
      key: encodeText(key),
      value: encodeText(value),
      modRevision: revision,
      createRevision,
      version: 1n,
      lease: 0n,
    },
    prevKv: undefined,
  };
}

/** A deletion as the server tells of it. */
export function del(key: string, revision: bigint): Event {
  return {
    type: 1,
    kv: {
      key: encodeText(key),
      value: new Uint8Array(0),
      modRevision: revision,
      createRevision: 0n,
      version: 0n,
      lease: 0n,
    },
    prevKv: undefined,
  };
}

/** Reads so many events: `"5 PUT k v"`. */
export async function read<V>(iterator: AsyncIterator<EventLike<V>>, count: number): Promise<string[]> {
  const seen: string[] = [];
  while (seen.length < count) {
    const { done, value } = await iterator.next();
    if (done) return [...seen, "end"];
    seen.push(`${value.revision} ${value.type} ${value.key} ${value.value}`);
  }
  return seen;
}

interface EventLike<V> {
  readonly revision: bigint;
  readonly type: string;
  readonly key: string;
  readonly value: V | null;
}

/** Lets everything happen that needs no timer. */
export async function settled(): Promise<void> {
  for (let i = 0; i < 50; i++) await Promise.resolve();
}
