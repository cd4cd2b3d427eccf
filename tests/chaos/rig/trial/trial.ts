/**
 * One try of a row: servers, proxies and clients that end with it, its random choices, and what was measured.
 *
 * @module
 */

import { assert } from "@std/assert";
import {
  type ClientEvent,
  type Endpoint,
  EtcdClient,
  type EtcdClientOptions,
  type EtcdCommunicator,
} from "../../../../mod.ts";
import {
  EtcdCluster,
  type EtcdClusterOptions,
  EtcdServer,
  type EtcdServerOptions,
} from "../../../../src/testing/mod.ts";
import { check, type Evidence } from "../check/all.ts";
import { CallGate, GRACE } from "../gates/calls.ts";
import { atRest, heapAllowance, usedHeap } from "../gates/heap.ts";
import { LagMeter } from "../gates/lag.ts";
import { type ProxyOptions, TcpProxy } from "../proxy/proxy.ts";
import { Random } from "../random.ts";
import type { Figure, TrialOptions } from "./row.ts";

/** Milliseconds; that of a client which is told nothing else. */
const TIMEOUT = 10_000;

/** Milliseconds by which calls may outlive their deadlines in the short form, beside other tests: it is a hang then. */
const GENEROUS = 10_000;

/** See the module. */
export class Trial implements AsyncDisposable {
  readonly random: Random;
  readonly tls: boolean;
  readonly long: boolean;
  readonly lag: LagMeter = new LagMeter();
  readonly gate: CallGate;
  readonly #options: TrialOptions;
  readonly #stack = new AsyncDisposableStack();
  readonly #figures: Figure[] = [];
  /** What happened to all clients, with `performance.now()`. */
  readonly events: { readonly at: number; readonly event: ClientEvent }[] = [];
  readonly #listeners = new Set<(event: ClientEvent) => void>();
  /** The history, for rows that write one down; it goes to a file if something is wrong. */
  evidence: Evidence | undefined;

  constructor(options: TrialOptions) {
    this.#options = options;
    this.random = new Random(options.seed);
    this.tls = options.tls;
    this.long = options.long;
    this.gate = new CallGate(this.lag, options.long ? GRACE : GENEROUS);
    this.#stack.use(this.lag);
  }

  /** What was measured so far. */
  get figures(): readonly Figure[] {
    return this.#figures;
  }

  /** One of two numbers: that of the short form, or that of the table. */
  scale(short: number, long: number): number {
    return this.long ? long : short;
  }

  /** Ends something with the trial. */
  use<T extends AsyncDisposable | Disposable>(resource: T): T {
    return this.#stack.use(resource);
  }

  /** Starts an etcd, with TLS if the trial has it. */
  async server(options: EtcdServerOptions = {}): Promise<EtcdServer> {
    const { etcd: version, tls } = this.#options;
    return this.use(await EtcdServer.start({ version, tls, ...options }));
  }

  /** Starts a cluster, with TLS if the trial has it. */
  async cluster(options: EtcdClusterOptions = {}): Promise<EtcdCluster> {
    const { etcd: version, tls } = this.#options;
    return this.use(await EtcdCluster.start({ version, tls, ...options }));
  }

  /** Starts a proxy before a server. */
  async proxy(to: EtcdServer | string, options?: ProxyOptions): Promise<TcpProxy> {
    return this.use(await TcpProxy.start(typeof to === "string" ? to : to.endpoint, options));
  }

  /** Makes a client, whose events the trial sees. */
  client(endpoints: Endpoint | readonly Endpoint[], options: EtcdClientOptions): EtcdClient {
    const onEvent = (event: ClientEvent) => {
      this.events.push({ at: performance.now(), event });
      if ("error" in event) void event.error?.stack; // until it is read, V8 keeps all that was on the stack
      for (const listener of this.#listeners) listener(event);
      options.onEvent?.(event);
    };
    return this.use(new EtcdClient(endpoints, { ...options, onEvent }));
  }

  /** Connects a client of its own, whose calls are watched over. */
  async connect(
    endpoints: Endpoint | readonly Endpoint[],
    options: EtcdClientOptions,
  ): Promise<EtcdCommunicator> {
    const c = this.use(await this.client(endpoints, options).connect());
    return this.gate.watch(c, options.timeout ?? TIMEOUT);
  }

  /** Waits for an event of a client; call it before what leads to the event. */
  next<T extends ClientEvent["type"]>(type: T): Promise<Extract<ClientEvent, { type: T }>> {
    return new Promise((resolve) => {
      const listener = (event: ClientEvent) => {
        if (event.type !== type) return;
        this.#listeners.delete(listener);
        resolve(event as Extract<ClientEvent, { type: T }>);
      };
      this.#listeners.add(listener);
    });
  }

  /** Where clients were connected, the latest last. */
  get connected(): readonly string[] {
    return this.events.flatMap(({ event }) => event.type === "connected" ? [event.endpoint] : []);
  }

  /** How often something happened to clients. */
  count(type: ClientEvent["type"]): number {
    return this.events.filter(({ event }) => event.type === type).length;
  }

  /** Holds a history to the checkers. */
  check(evidence: Evidence): void {
    this.evidence = evidence;
    const findings = check(evidence);
    this.figure("findings of the checkers", findings.length, 0, "", findings.slice(0, 10).join("\n"));
  }

  /** Notes a figure that nothing is promised of. */
  note(name: string, value: number, unit = ""): void {
    this.#figures.push({ name, value, unit });
  }

  /**
   * Notes a figure, and asserts that it is no more than promised.
   *
   * @param detail What there is to say if it is more.
   */
  figure(name: string, value: number, limit: number, unit = "", detail = ""): void {
    this.#figures.push({ name, value, unit, limit });
    assert(value <= limit, `${name}: ${value} ${unit}, more than ${limit}. ${detail}`.trim());
  }

  /** Notes how many milliseconds something took, and in the long form asserts that it is no more than promised. */
  duration(name: string, milliseconds: number, limit: number): void {
    this.#judge(name, milliseconds, 0, limit);
  }

  /**
   * The same for a span of time. Where it is longer than promised, what of it this very process stood still is noted
   * too, and not counted against the promise.
   */
  span(name: string, from: number, to: number, limit: number): void {
    this.#judge(name, to - from, this.lag.within(from, to), limit);
  }

  #judge(name: string, milliseconds: number, stalled: number, limit: number): void {
    const [value, still] = [Math.round(milliseconds), Math.round(stalled)];
    this.#figures.push({ name, value, unit: "ms", limit });
    if (value <= limit) return;
    this.note(`${name}: of it this process stood still`, still, "ms");
    // The short form runs beside other tests, on a machine that has other work to do.
    assert(!this.long || value - still <= limit, `${name}: ${value} ms, where ${limit} is promised`);
  }

  /** Does something many times over, and asserts that it leaves little on the heap. */
  async repeat(count: number, body: (index: number) => Promise<void>): Promise<void> {
    const warm = Math.ceil(count / 10); // loads and compiles what the others use
    for (let i = 0; i < warm; i++) await body(i);
    const before = await atRest(usedHeap);
    for (let i = warm; i < count; i++) await body(i);
    const growth = await atRest(usedHeap) - before;
    this.note("repetitions", count);
    this.figure("heap growth", growth / 1e6, heapAllowance(count) / 1e6, "MB");
  }

  /** Ends everything, what was opened last first. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.#stack.disposeAsync();
  }
}

/** Waits. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
