/**
 * The operations of histories, done with a communicator.
 *
 * @module
 */

import { type CallOptions, CompareKey, type EtcdCommunicator, type KeyValue } from "../../../../mod.ts";
import type { Entry, Operation, Outcome, Read, Swap, Write } from "./call.ts";

/** What an operation came to. */
export interface Answer {
  readonly response: Outcome;
  readonly revision: number;
}

/** Does it. */
export function execute(c: EtcdCommunicator, request: Operation, options: CallOptions): Promise<Answer> {
  switch (request.kind) {
    case "read":
      return read(c, request, options);
    case "swap":
      return swap(c, request, options);
    case "write":
      return write(c, request, options);
  }
}

/** A key as histories have it. */
export function entryOf({ key, value, createRevision, modRevision, version }: KeyValue<string>): Entry {
  return {
    key,
    value,
    createRevision: Number(createRevision),
    modRevision: Number(modRevision),
    version: Number(version),
  };
}

async function read(c: EtcdCommunicator, request: Read, options: CallOptions): Promise<Answer> {
  const { key, prefix, serializable } = request;
  const selector = prefix === undefined ? key! : { prefix };
  const { kvs, revision } = await c.range(selector, { ...options, serializable });
  return { response: { entries: kvs.map(entryOf) }, revision: Number(revision) };
}

async function swap(c: EtcdCommunicator, request: Swap, options: CallOptions): Promise<Answer> {
  const { key, expected, value } = request;
  const compare = expected === null ? new CompareKey(key).missing() : new CompareKey(key).value.eq(expected);
  const { succeeded, values, revision } = await c.txnCompare([compare], (success, failure) => ({
    success: [success.put(key, value)],
    failure: [failure.getEntry(key)],
  }), options);
  if (succeeded) return { response: { succeeded }, revision: Number(revision) };
  const [found] = values;
  return {
    response: { succeeded, entries: found === null ? [] : [entryOf(found)] },
    revision: Number(revision),
  };
}

async function write(c: EtcdCommunicator, request: Write, options: CallOptions): Promise<Answer> {
  const { puts, deletes, value } = request;
  if (puts.length + deletes.length === 1) {
    if (puts.length === 1) {
      const { revision } = await c.put(puts[0], value, options);
      return { response: { deleted: 0 }, revision: Number(revision) };
    }
    const { deleted, revision } = await c.delete(deletes[0], options);
    return { response: { deleted }, revision: Number(revision) };
  }
  const { values, revision } = await c.txn((t) => {
    puts.forEach((key) => t.put(key, value));
    return deletes.map((key) => t.delete(key));
  }, options);
  return {
    response: { deleted: values.reduce((sum, { deleted }) => sum + deleted, 0) },
    revision: Number(revision),
  };
}
