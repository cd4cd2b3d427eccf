/**
 * Objects of the client whose calls are watched over, and all that they give.
 *
 * @module
 */

import type { CallOptions } from "../../../../mod.ts";
import { type Kind, type Method, METHODS } from "./methods.ts";
import type { SignalGate } from "./signals.ts";

/** What bounds a call. */
export interface Limits {
  /** Milliseconds; 0 for none. */
  readonly timeout: number;
  readonly signal?: AbortSignal;
}

/** Who judges. */
export interface Judge {
  readonly signals: SignalGate;
  /** Watches over a call. */
  guard<T>(name: string, limits: Limits, call: () => Promise<T>): Promise<T>;
  /** Notes what was not kept. */
  find(finding: string): void;
}

/** A promise of an object. */
interface Watched {
  readonly promise: Promise<unknown>;
  settled: boolean;
}

/**
 * The same object, watched over.
 *
 * @param limits What bounds its calls, where their options do not say.
 */
export function guarded<T extends object>(judge: Judge, object: T, kind: Kind, limits: Limits): T {
  return new Guard(judge, object, kind, limits).proxy as T;
}

/** What stands before an object. */
class Guard {
  readonly proxy: object;
  readonly #judge: Judge;
  readonly #target: object;
  readonly #kind: Kind;
  readonly #limits: Limits;
  readonly #promises = new Map<string, Watched>();

  constructor(judge: Judge, target: object, kind: Kind, limits: Limits) {
    this.#judge = judge;
    this.#target = target;
    this.#kind = kind;
    this.#limits = limits;
    this.proxy = new Proxy(target, { get: (_, name) => this.#get(name) });
    if (kind === "watcher") this.#promise("ready"); // whether anybody asks for it or not
  }

  #get(name: PropertyKey): unknown {
    const method = Object.hasOwn(METHODS[this.#kind], name) ? METHODS[this.#kind][name] : undefined;
    if (method?.how === "promise") return this.#promise(String(name)).promise;
    const member: unknown = Reflect.get(this.#target, name, this.#target);
    if (typeof member !== "function") return member;
    if (method === undefined) return member.bind(this.#target); // its private fields are not the proxy's
    const apply = (args: unknown[]) => Reflect.apply(member, this.#target, args);
    if (method.how === "open") return (...args: unknown[]) => this.#open(name, method, args, apply);
    return (...args: unknown[]) => this.#call(name, method, args, apply);
  }

  #open(name: PropertyKey, method: Method, args: unknown[], apply: (args: unknown[]) => object): object {
    if (method.at === undefined) return this.#wrap(apply(args), method.gives, this.#limits);
    const { signal, timeout = this.#limits.timeout } = this.#options(name, method.at, args, {});
    if (signal !== undefined) this.#judge.signals.enter(signal, this.#nameOf(name));
    return this.#wrap(apply(args), method.gives, { signal, timeout });
  }

  async #call(
    name: PropertyKey,
    method: Method,
    args: unknown[],
    apply: (args: unknown[]) => Promise<object>,
  ): Promise<unknown> {
    const { at, gives, how, ends } = method;
    const timeout = how === "wait" ? 0 : this.#limits.timeout;
    const base = how === "wait" ? {} : { timeout };
    const options = at === undefined ? this.#limits : this.#options(name, at, args, base);
    const limits = {
      signal: options.signal,
      timeout: at === undefined ? timeout : options.timeout ?? timeout,
    };
    const result = await this.#judge.guard(this.#nameOf(name), limits, () => apply(args));
    if (ends !== undefined && !this.#promise(ends).settled) {
      this.#judge.find(`${this.#nameOf(ends)} had not settled when ${this.#nameOf(name)} had`);
    }
    return this.#wrap(result, gives, { timeout: this.#limits.timeout });
  }

  /** The options among the arguments, completed. */
  #options(name: PropertyKey, at: number, args: unknown[], base: CallOptions): CallOptions {
    const signal = this.#judge.signals.signalFor(this.#nameOf(name));
    const options = { signal, ...base, ...(args[at] as CallOptions | undefined) };
    args[at] = options;
    return options;
  }

  #promise(name: string): Watched {
    const known = this.#promises.get(name);
    if (known !== undefined) return known;
    const own: Promise<unknown> = Reflect.get(this.#target, name, this.#target);
    const limits = { ...this.#limits, timeout: 0 };
    const watched = { promise: this.#judge.guard(this.#nameOf(name), limits, () => own), settled: false };
    const settle = () => void (watched.settled = true);
    own.then(settle, settle);
    watched.promise.catch(() => {}); // nobody has to await it
    this.#promises.set(name, watched);
    return watched;
  }

  #wrap<R>(result: R, kind: Kind | undefined, limits: Limits): R {
    if (kind === undefined || typeof result !== "object" || result === null) return result;
    return guarded(this.#judge, result, kind, limits);
  }

  #nameOf(name: PropertyKey): string {
    return this.#kind === "communicator" ? String(name) : `${this.#kind}.${String(name)}`;
  }
}
