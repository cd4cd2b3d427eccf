/**
 * An {@linkcode Rpc} whose keep-alive streams a test plays the server of.
 * @module
 */

import type { RenewedToken } from "../../src/rpc/token.ts";
import { type ClientEvent, resolveOptions } from "../../src/options.ts";
import type { Rpc, RpcStream } from "../../src/rpc/rpc.ts";

interface Request {
  readonly ID: bigint;
}
interface Response {
  readonly ID: bigint;
  readonly TTL: bigint;
}

/** One stream as its server sees it. */
export class ScriptedStream implements RpcStream<Request, Response> {
  readonly connection = {};
  readonly endpoint: string;
  readonly token: string | undefined;
  /** What was sent and not answered yet. */
  readonly asked: bigint[] = [];
  closed = false;
  readonly #onAsk: (stream: ScriptedStream) => void;
  readonly #answers: (Response | { readonly error: unknown })[] = [];
  #wake: () => void = () => {};

  constructor(endpoint: string, token: string | undefined, onAsk: (stream: ScriptedStream) => void) {
    this.endpoint = endpoint;
    this.token = token;
    this.#onAsk = onAsk;
  }

  send({ ID }: Request): void {
    this.asked.push(ID);
    this.#onAsk(this);
  }

  /** Answers the oldest request. */
  answer(ttl: number): void {
    this.#answers.push({ ID: this.asked.shift() as bigint, TTL: ttl as unknown as bigint });
    this.#wake();
  }

  fail(error: unknown): void {
    this.#answers.push({ error });
    this.#wake();
  }

  close(): void {
    this.closed = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncIterator<Response> {
    while (!this.closed) {
      const next = this.#answers.shift();
      if (next === undefined) await new Promise<void>((resolve) => this.#wake = resolve);
      else if ("error" in next) throw next.error;
      else yield next;
    }
  }
}

/** How the server treats a request. */
export type Behaviour = (stream: ScriptedStream) => void;

/** The scripted client. */
export class ScriptedRpc implements Rpc {
  readonly options: Rpc["options"];
  readonly streams: ScriptedStream[] = [];
  readonly events: ClientEvent[] = [];
  readonly avoided: string[] = [];
  readonly clusterChanges = 0;
  onClusterChange: () => void = () => {};
  readonly closed: AbortSignal = new AbortController().signal;
  tokens = 0;
  #behaviour: Behaviour;
  readonly #waiting: { readonly holds: () => boolean; readonly resolve: () => void }[] = [];

  constructor(behaviour: Behaviour) {
    this.#behaviour = behaviour;
    this.options = resolveOptions("127.0.0.1:1", { onEvent: (event) => this.events.push(event) });
  }

  /** Treats requests otherwise from now on. */
  behave(behaviour: Behaviour): void {
    this.#behaviour = behaviour;
  }

  /** Resolves when something holds, looked at after each request and each opening. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => this.#waiting.push({ holds, resolve }));
  }

  unary(): Promise<never> {
    return Promise.reject(new Error("no unary calls here"));
  }

  open<Q, S>(): Promise<RpcStream<Q, S>> {
    const endpoint = `member ${this.streams.length}`;
    const stream = new ScriptedStream(endpoint, `token ${this.tokens}`, (asked) => {
      this.#behaviour(asked);
      this.#look();
    });
    this.streams.push(stream);
    this.#look();
    return Promise.resolve(stream as unknown as RpcStream<Q, S>);
  }

  renewToken(refused: string | undefined): Promise<RenewedToken> {
    if (refused !== `token ${this.tokens}`) return Promise.resolve("known");
    this.tokens++;
    return Promise.resolve("new");
  }

  avoid(endpoint: string): void {
    this.avoided.push(endpoint);
  }

  #look(): void {
    for (const one of this.#waiting.filter(({ holds }) => holds())) {
      this.#waiting.splice(this.#waiting.indexOf(one), 1);
      one.resolve();
    }
  }
}
