/**
 * A scope whose calls are recorded and answered by the test, for what is decided before and after the wire.
 *
 * @module
 */

import type { RangeRequest, TxnRequest } from "../../proto/gen/kv.ts";
import { utf8Codec } from "../../src/codec.ts";
import { Keyspace } from "../../src/keys.ts";
import { resolveOptions } from "../../src/options.ts";
import { Resources } from "../../src/resources.ts";
import type { Method } from "../../src/rpc/method.ts";
import type { Rpc, UnaryOptions } from "../../src/rpc/rpc.ts";
import type { Scope } from "../../src/scope.ts";

/** One call that was made. */
export interface RecordedCall {
  readonly method: string;
  readonly request: unknown;
  readonly options: UnaryOptions;
}

/** Answers a call; what it throws the call rejects with. */
export type Answer = (call: RecordedCall) => unknown;

/** A scope and the calls that were made over it. */
export interface FakeScope {
  readonly scope: Scope<string>;
  readonly calls: RecordedCall[];
}

/** The header of every answer of a fake, unless the test says otherwise. */
export const HEADER = { clusterId: 1n, memberId: 2n, revision: 9n, raftTerm: 3n };

const EMPTY = { header: HEADER, kvs: [], prevKvs: [], responses: [], more: false, count: 0n, deleted: 0n };

/**
 * @param answer What the server says; by default that there is nothing.
 * @param maxReceiveBytes The client's option.
 */
export function fakeScope(answer: Answer = () => EMPTY, maxReceiveBytes?: number): FakeScope {
  const calls: RecordedCall[] = [];
  const unary = (method: Method<unknown, unknown>, request: unknown, options: UnaryOptions) => {
    const call = { method: method.name, request, options };
    calls.push(call);
    return new Promise((resolve) => resolve(answer(call)));
  };
  const rpc = { unary, options: resolveOptions("h:1", { maxReceiveBytes }) } as unknown as Rpc;
  return { calls, scope: { rpc, keys: Keyspace.root, codec: utf8Codec, resources: new Resources() } };
}

/** The request of the only call that was made. */
export function onlyRequest<T = RangeRequest>({ calls }: FakeScope): T {
  if (calls.length !== 1) throw new Error(`${calls.length} calls were made`);
  return calls[0].request as T;
}

/** The request of the only transaction that was sent. */
export function onlyTxn(fake: FakeScope): TxnRequest {
  return onlyRequest<TxnRequest>(fake);
}
