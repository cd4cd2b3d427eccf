/**
 * The queue for a name: one key for each contender, in the order in which they were created.
 *
 * A contender's key is `NAME/` and its lease id in hexadecimal, as etcd's Lock and Election services and the Go
 * client have it (etcd `client/v3/concurrency/key.go`). Whose key is the oldest owns the name. Other keys below
 * `NAME/`, such as those of a lock of `NAME/b`, are no contenders.
 *
 * @module
 */

import { encodeText } from "../bytes.ts";
import { bytesCodec } from "../codec.ts";
import { CompareKey, compareMessage, ownerCompare } from "../compare.ts";
import { spanOf } from "../keys.ts";
import { deletion } from "../kv/delete.ts";
import { writeValue } from "../kv/put.ts";
import { type RangeResult, type Read, readRangeOfKeys } from "../kv/read.ts";
import { leaseHex } from "../lease/id.ts";
import { Range, Txn } from "../rpc/methods.ts";
import type { UnaryOptions } from "../rpc/rpc.ts";
import type { Scope } from "../scope.ts";
import { deleteOperation, putOperation, rangeOperation } from "../txn/operation.ts";

/** What follows `NAME/` in a contender's key. */
const LEASE_ID = /^-?[0-9a-f]+$/;

/** How a contender stands at one revision. */
export interface Standing {
  /** The create revision of its key; undefined where it has none. */
  readonly token: bigint | undefined;
  /** The key just before its own; undefined where its own is the oldest. */
  readonly ahead: Uint8Array | undefined;
  /** The revision at which this was so. */
  readonly revision: bigint;
}

/** How it stands once it has joined. */
export interface Joined extends Standing {
  /** Whether its key was there already. */
  readonly wasThere: boolean;
}

/** One contender in the queue for a name. */
export class Contender {
  /** Its key, seen from the namespace. */
  readonly key: string;
  /** Its key in the whole store. */
  readonly absoluteKey: Uint8Array;
  readonly #scope: Scope<Uint8Array>;
  readonly #prefix: string;
  readonly #lease: bigint;

  constructor(scope: Scope<unknown>, name: string, lease: bigint) {
    this.#scope = { rpc: scope.rpc, keys: scope.keys, resources: scope.resources, codec: bytesCodec };
    this.#prefix = `${name}/`;
    this.#lease = lease;
    this.key = this.#prefix + leaseHex(lease);
    this.absoluteKey = scope.keys.absolute(encodeText(this.key));
  }

  /** Takes a place at the end of the queue, or finds the one that it has already. */
  async join(value: Uint8Array, options: UnaryOptions): Promise<Joined> {
    const put = putOperation(writeValue(this.#scope, this.key, value, { lease: this.#lease }));
    const list = rangeOperation(this.#list({}));
    const request = {
      compare: [compareMessage(new CompareKey(this.key).missing(), this.#scope.keys)],
      success: [put.request, list.request],
      failure: [list.request],
    };
    const { succeeded, responses, header } = await this.#scope.rpc.unary(Txn, request, options);
    return { ...this.#standing(list.read(responses.at(-1), header)), wasThere: !succeeded };
  }

  /** Looks where it stands with the place that it took with this token. */
  async look(token: bigint, options: Omit<UnaryOptions, "idempotent">): Promise<Standing> {
    const { request, read } = this.#list({ maxCreateRevision: token });
    return this.#standing(
      read(await this.#scope.rpc.unary(Range, request, { ...options, idempotent: true })),
    );
  }

  /** Gives up the place that it took with this token; harmless where it is gone. */
  async leave(token: bigint, options: Omit<UnaryOptions, "idempotent">): Promise<void> {
    const remove = deleteOperation(deletion(this.#scope, spanOf(this.key), {}));
    const request = {
      compare: [compareMessage(ownerCompare(this.absoluteKey, token), this.#scope.keys)],
      success: [remove.request],
      failure: [],
    };
    // A repetition finds another create revision, or none.
    await this.#scope.rpc.unary(Txn, request, { ...options, idempotent: true });
  }

  #list(options: { readonly maxCreateRevision?: bigint }): Read<RangeResult<null>> {
    return readRangeOfKeys(this.#scope, { prefix: this.#prefix }, { ...options, sortBy: "createRevision" });
  }

  #standing({ kvs, revision }: RangeResult<null>): Standing {
    const contenders = kvs.filter(({ key }) => LEASE_ID.test(key.slice(this.#prefix.length)));
    const place = contenders.findIndex(({ key }) => key === this.key);
    if (place < 0) return { token: undefined, ahead: undefined, revision };
    return { token: contenders[place].createRevision, ahead: contenders[place - 1]?.keyBytes, revision };
  }
}
