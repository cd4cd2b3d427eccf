/**
 * What each call does to each key, as far as its caller can tell: the steps that a linearization puts in order.
 *
 * @module
 */

import { type Call, covers, isLinearizable } from "../history/call.ts";

/** One call's doings with one key. */
export interface Step {
  readonly call: Call;
  readonly begin: number;
  /** Infinity where nobody knows whether and when it happens. */
  readonly end: number;
  /** The value afterwards (null: no key); undefined where it cannot happen on this value. */
  apply(value: string | null): string | null | undefined;
}

/** The steps by key. Calls that certainly were not executed have none, nor do failed reads. */
export function stepsOf(calls: readonly Call[]): Map<string, Step[]> {
  const relevant = calls.filter((call) => isLinearizable(call) && call.maybeExecuted !== "no");
  const keys = new Set(relevant.flatMap(named));
  const observed = new Set(relevant.flatMap(sightings));
  const steps = new Map<string, Step[]>();
  for (const call of relevant) {
    for (const key of looksAtAll(call) ? keys : new Set(named(call))) {
      const step = stepOf(call, key, observed);
      if (step === undefined) continue;
      const own = steps.get(key);
      if (own === undefined) steps.set(key, [step]);
      else own.push(step);
    }
  }
  return steps;
}

/** Whether it tells of keys that it does not name, by their absence. */
function looksAtAll({ request }: Call): boolean {
  return request.kind === "read" && request.prefix !== undefined;
}

function named({ request, response }: Call): readonly string[] {
  if (request.kind === "write") return [...request.puts, ...request.deletes];
  if (request.kind === "swap" || request.key !== undefined) return [request.key!];
  return (response?.entries ?? []).map(({ key }) => key);
}

/** The values that somebody saw. */
function sightings({ request, response }: Call): readonly string[] {
  const seen = (response?.entries ?? []).map(({ value }) => value);
  return request.kind === "swap" && request.expected !== null ? [...seen, request.expected] : seen;
}

function stepOf(call: Call, key: string, observed: ReadonlySet<string>): Step | undefined {
  const apply = call.response === undefined ? uncertain(call, key, observed) : certain(call, key);
  if (apply === undefined) return undefined;
  return { call, begin: call.call, end: call.response === undefined ? Infinity : call.return, apply };
}

/** Of a call that was answered. */
function certain({ request, response }: Call, key: string): Step["apply"] | undefined {
  const found = response?.entries?.find((entry) => entry.key === key)?.value ?? null;
  const sees = (value: string | null) => value === found ? value : undefined;
  switch (request.kind) {
    case "read":
      return covers(request, key) ? sees : undefined;
    case "swap":
      if (request.key !== key) return undefined;
      return response?.succeeded ? (value) => value === request.expected ? request.value : undefined : sees;
    case "write":
      if (request.puts.includes(key)) return () => request.value;
      return request.deletes.includes(key) ? () => null : undefined;
  }
}

/**
 * Of a call that may be executed at any time from its beginning on. Where nobody ever saw its value, it is left
 * out: every order without it is as good, since all who look say what they saw.
 */
function uncertain({ request }: Call, key: string, observed: ReadonlySet<string>): Step["apply"] | undefined {
  if (request.kind === "read") return undefined;
  if (request.kind === "swap") {
    if (request.key !== key || !observed.has(request.value)) return undefined;
    return (value) => value === request.expected ? request.value : value;
  }
  if (request.puts.includes(key)) return observed.has(request.value) ? () => request.value : undefined;
  return request.deletes.includes(key) ? () => null : undefined;
}
