/**
 * Conditions of transactions.
 *
 * @module
 */

import type {
  Compare as CompareMessage,
  Compare_CompareResult,
  Compare_CompareTarget,
} from "../proto/gen/kv.ts";
import { showText } from "./bytes.ts";
import { keyBytes, type Keyspace, type Selector, type Span, spanOf } from "./keys.ts";
import { int64 } from "./options.ts";
import { CompareResult as Result, CompareTarget as Target } from "./rpc/wire/enums.ts";

/** A condition of a transaction, made by {@linkcode CompareKey} or by `isOwner()` of a lock. */
export interface Compare {
  /** The key, or where the range starts, as text. */
  readonly key: string;
  /** What of the key is compared. */
  readonly target: "value" | "version" | "createRevision" | "modRevision" | "lease";
}

/** What of a key is compared, waiting for the operand. */
export interface CompareTarget<T> {
  /**
   * Holds when they are equal.
   *
   * @param operand What to compare with.
   * @returns The condition that they are equal.
   * @throws {TypeError} If the operand is of the wrong kind.
   * @throws {RangeError} If it does not fit 64 bits.
   */
  eq(operand: T): Compare;
  /**
   * Holds when they differ.
   *
   * @param operand What to compare with.
   * @returns The condition that they differ.
   * @throws {TypeError} If the operand is of the wrong kind.
   * @throws {RangeError} If it does not fit 64 bits.
   */
  ne(operand: T): Compare;
  /**
   * Holds when the key's is greater.
   *
   * @param operand What to compare with.
   * @returns The condition that the key's is greater.
   * @throws {TypeError} If the operand is of the wrong kind.
   * @throws {RangeError} If it does not fit 64 bits.
   */
  gt(operand: T): Compare;
  /**
   * Holds when the key's is less.
   *
   * @param operand What to compare with.
   * @returns The condition that the key's is less.
   * @throws {TypeError} If the operand is of the wrong kind.
   * @throws {RangeError} If it does not fit 64 bits.
   */
  lt(operand: T): Compare;
}

/**
 * Makes conditions on a key, or on every key of a range.
 *
 * A key that does not exist has version, revisions and lease 0; of its value nothing holds, not even `ne`. A
 * condition on a range holds if every key of it fulfils it; a range without keys counts as one key that does
 * not exist.
 *
 * @example
 * ```ts
 * import { CompareKey, EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start();
 * await using communicator = await new EtcdClient(server.endpoint).connect();
 * const result = await communicator.txnCompare(
 *   [new CompareKey("cmpkey1").value.eq("foo"), new CompareKey("cmpkey2").missing()],
 *   (success, failure) => ({ success: [success.get("cmpkey1")], failure: [failure.put("cmpkey1", "foo")] }),
 * );
 * if (result.succeeded) console.log(result.values[0]);
 * else console.log(result.values[0].revision); // 2n
 * ```
 */
export class CompareKey {
  /** The value: text or bytes as they are stored, never through a codec. Greater and less are by bytes. */
  readonly value: CompareTarget<string | Uint8Array>;
  /** How many changes since the key came to be; 0 if it does not exist. */
  readonly version: CompareTarget<bigint>;
  /** The revision at which the key came to be; 0 if it does not exist. */
  readonly createRevision: CompareTarget<bigint>;
  /** The revision of the last change; 0 if the key does not exist. */
  readonly modRevision: CompareTarget<bigint>;
  /** The lease it lives on; 0 for none. */
  readonly lease: CompareTarget<bigint>;

  /**
   * Names the key.
   *
   * @param key One key, or a range.
   * @throws {TypeError} If the key is empty or no key, or the range has none of its forms.
   * @throws {RangeError} If the range starts after its end.
   */
  constructor(key: Selector) {
    const span = spanOf(key);
    const number = (target: NumberTarget) =>
      compareTarget(span, (operand: bigint) => ({
        $case: target,
        value: int64(operand, `the operand of ${target}`),
      }));
    this.value = compareTarget(span, (operand: string | Uint8Array) => ({
      $case: "value",
      value: keyBytes(operand, "operand of value"),
    }));
    this.version = number("version");
    this.createRevision = number("createRevision");
    this.modRevision = number("modRevision");
    this.lease = number("lease");
  }

  /** The condition that the key exists; of a range, that at least one key does. */
  exists(): Compare {
    return this.createRevision.ne(0n);
  }

  /** The condition that the key does not exist; of a range, that no key does. */
  missing(): Compare {
    return this.createRevision.eq(0n);
  }
}

type NumberTarget = Exclude<Compare["target"], "value">;
type Operand = NonNullable<CompareMessage["targetUnion"]>;

/** What a condition means; the objects that callers hold only show some of it. */
interface Condition {
  readonly span: Span;
  /** The span is a key of the whole store rather than of a namespace. */
  readonly absolute: boolean;
  readonly result: Compare_CompareResult;
  readonly operand: Operand;
}

const conditions = new WeakMap<Compare, Condition>();

const TARGETS: Readonly<Record<Compare["target"], Compare_CompareTarget>> = {
  value: Target.VALUE,
  version: Target.VERSION,
  createRevision: Target.CREATE,
  modRevision: Target.MOD,
  lease: Target.LEASE,
};

/** The condition that a key of the whole store still is the one created at a revision, whatever the namespace. */
export function ownerCompare(key: Uint8Array, createRevision: bigint): Compare {
  const operand: Operand = { $case: "createRevision", value: createRevision };
  return condition({ span: spanOf(key), absolute: true, result: Result.EQUAL, operand });
}

/**
 * A condition as etcd takes it.
 *
 * @param keys The namespace that the condition's key is in.
 * @throws {TypeError} If it was not made here.
 */
export function compareMessage(compare: Compare, keys: Keyspace): CompareMessage {
  const found = conditions.get(compare);
  if (found === undefined) {
    throw new TypeError("Cannot use the compare: expected one made by CompareKey or isOwner()");
  }
  const { span, absolute, result, operand } = found;
  return {
    ...(absolute ? span : keys.absoluteSpan(span)),
    target: TARGETS[operand.$case],
    result,
    targetUnion: operand,
  };
}

function compareTarget<T>(span: Span, toOperand: (operand: T) => Operand): CompareTarget<T> {
  const by = (result: Compare_CompareResult) => (operand: T) =>
    condition({ span, absolute: false, result, operand: toOperand(operand) });
  return {
    eq: by(Result.EQUAL),
    ne: by(Result.NOT_EQUAL),
    gt: by(Result.GREATER),
    lt: by(Result.LESS),
  };
}

function condition(meaning: Condition): Compare {
  const compare: Compare = Object.freeze({
    key: showText(meaning.span.key),
    target: meaning.operand.$case,
  });
  conditions.set(compare, meaning);
  return compare;
}
