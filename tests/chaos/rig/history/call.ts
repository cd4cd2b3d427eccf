/**
 * What is written down of every call, so that checkers can judge it later, and from a file.
 *
 * Revisions are plain numbers here: no test comes near 2^53.
 *
 * @module
 */

/** Puts one value to some keys and deletes others, all in one transaction; no other write has that value. */
export interface Write {
  readonly kind: "write";
  readonly puts: readonly string[];
  readonly deletes: readonly string[];
  readonly value: string;
}

/** Reads a key or all that begin with a prefix. */
export interface Read {
  readonly kind: "read";
  readonly key?: string;
  readonly prefix?: string;
  /** From one member, which may lag. */
  readonly serializable: boolean;
}

/** Puts a value if the key has an expected one (null: is missing), otherwise reads it. */
export interface Swap {
  readonly kind: "swap";
  readonly key: string;
  readonly expected: string | null;
  readonly value: string;
}

/** What was asked for. */
export type Operation = Write | Read | Swap;

/** A key as a response shows it. */
export interface Entry {
  readonly key: string;
  readonly value: string;
  readonly createRevision: number;
  readonly modRevision: number;
  readonly version: number;
}

/** What a response told. */
export interface Outcome {
  /** Of a read: what was found. Of a swap that found another value: the key. */
  readonly entries?: readonly Entry[];
  /** Of a write: how many of the keys to delete there were. */
  readonly deleted?: number;
  /** Of a swap. */
  readonly succeeded?: boolean;
}

/** One call, from its beginning to its end; times are milliseconds on one clock. */
export interface Call {
  /** Calls of one process follow each other. */
  readonly proc: number;
  readonly id: number;
  readonly call: number;
  readonly return: number;
  readonly request: Operation;
  /** Missing where the call failed. */
  readonly response?: Outcome;
  /** The revision of the response's header. */
  readonly revision?: number;
  readonly error?: string;
  /** Of a call that failed. */
  readonly maybeExecuted?: "no" | "yes" | "unknown";
}

/** Whether it is held to real time. */
export function isLinearizable({ request }: Call): boolean {
  return request.kind !== "read" || !request.serializable;
}

/** Whether a read looks at a key. */
export function covers({ key, prefix }: Read, of: string): boolean {
  return prefix === undefined ? of === key : of.startsWith(prefix);
}

/** A call on one line, for messages. */
export function describe(call: Call): string {
  const { proc, id, request, revision, error, maybeExecuted } = call;
  const end = error === undefined ? `revision ${revision}` : `${error}, executed: ${maybeExecuted}`;
  const span = `${call.call.toFixed(1)} to ${call.return.toFixed(1)} ms`;
  return `call ${id} of process ${proc} (${JSON.stringify(request)}; ${span}; ${end})`;
}
