import { assert, assertEquals } from "@std/assert";
import * as ours from "../../mod.ts";
import * as fixtures from "../../src/testing/mod.ts";
import type * as client from "../contract/client.ts";
import type * as common from "../contract/common.ts";
import type * as communicator from "../contract/communicator.ts";
import type * as errors from "../contract/errors.ts";
import type * as leases from "../contract/leases.ts";
import type * as testing from "../contract/testing.ts";
import type * as transactions from "../contract/transactions.ts";
import type * as values from "../contract/values.ts";
import type * as watch from "../contract/watch.ts";
import { test } from "../harness.ts";

/** Each can stand for the other. */
type Same<A, B> = [A] extends [B] ? [B] extends [A] ? true : false : false;

/** The members that may be left out, and those that may be written to: assignability sees neither in full. */
type Optional<T> = { [K in keyof T]-?: Record<never, never> extends Pick<T, K> ? K : never }[keyof T];
type Writable<T> = {
  [K in keyof T]-?: Identical<Pick<T, K>, { -readonly [P in keyof Pick<T, K>]: T[P] }> extends true ? K
    : never;
}[keyof T];
type Identical<A, B> = (<T>() => T extends A ? 1 : 2) extends (<T>() => T extends B ? 1 : 2) ? true : false;

/** The members whose parameters are others: assignability lets methods take less than is asked for. */
type Stricter<Ours, Contract> = {
  [K in keyof Ours & keyof Contract]: Same<ParametersOf<Ours[K]>, ParametersOf<Contract[K]>> extends true
    ? never
    : K;
}[keyof Ours & keyof Contract];
// deno-lint-ignore no-explicit-any -- of functions of every kind
type ParametersOf<F> = F extends (...args: any) => unknown ? Parameters<F> : never;

/** What disposing returns may be more than the contract's. */
type Shape<T> = Omit<T, typeof Symbol.asyncDispose>;

/** Ours has every member of the contract's, of the same type and as optional; it may have more. */
type Keeps<Ours, Contract> = [keyof Contract] extends [keyof Ours] ? [
    Same<Shape<Pick<Ours, keyof Contract>>, Shape<Contract>>,
    Same<Optional<Pick<Ours, keyof Contract>>, Optional<Contract>>,
    [Writable<Pick<Ours, keyof Contract>>] extends [Writable<Contract>] ? true : false,
    Same<Stricter<Ours, Contract>, never>,
  ]
  : false;

/** Compiles where the type keeps to the contract. */
function keeps<_Kept extends [true, true, true, true]>(): void {}
function same<_Same extends true>(): void {}

type Value = { readonly port: number };

test("what calls and selectors have in common is as the contract has it", () => {
  same<Same<ours.Key, common.Key>>();
  same<Same<ours.KeyRange, common.KeyRange>>();
  same<Same<ours.Selector, common.Selector>>();
  keeps<Keeps<ours.CallOptions, common.CallOptions>>();
  keeps<Keeps<ours.ResponseHeader, common.ResponseHeader>>();
});

test("the client is as the contract has it", () => {
  keeps<Keeps<ours.HostPortPair, client.HostPortPair>>();
  same<Same<ConstructorParameters<typeof ours.HostPortPair>, [host: string, port: number]>>();
  keeps<Keeps<typeof ours.HostPortPair, Pick<typeof client.HostPortPair, "parse">>>();
  same<Same<ours.Endpoint, client.Endpoint>>();
  keeps<Keeps<ours.TlsOptions, client.TlsOptions>>();
  keeps<Keeps<ours.Socket, client.Socket>>();
  keeps<Keeps<ours.DialTarget, client.DialTarget>>();
  same<Same<ours.Dialer, client.Dialer>>();
  same<Same<typeof ours.workerdDialer, typeof client.workerdDialer>>();
  keeps<Keeps<ours.EtcdClientOptions, client.EtcdClientOptions>>();
  same<Same<ours.ClientEvent, client.ClientEvent>>();
  keeps<Keeps<ours.EtcdClient, client.EtcdClient>>();
  same<
    Same<ConstructorParameters<typeof ours.EtcdClient>, ConstructorParameters<typeof client.EtcdClient>>
  >();
});

test("keys, values and their options are as the contract has them", () => {
  keeps<Keeps<ours.KeyValue<Value>, values.KeyValue<Value>>>();
  keeps<Keeps<ours.Codec<Value>, values.Codec<Value>>>();
  same<Same<typeof ours.utf8Codec, typeof values.utf8Codec>>();
  same<Same<typeof ours.bytesCodec, typeof values.bytesCodec>>();
  same<Same<typeof ours.jsonCodec, typeof values.jsonCodec>>();
  keeps<Keeps<ours.StandardSchema<Value>, values.StandardSchema<Value>>>();
  same<Same<ours.StandardResult<Value>, values.StandardResult<Value>>>();
  keeps<Keeps<ours.ReadOptions, values.ReadOptions>>();
  keeps<Keeps<ours.SortOptions, values.SortOptions>>();
  keeps<Keeps<ours.RangeResult<Value>, values.RangeResult<Value>>>();
  keeps<Keeps<ours.PutOptions, values.PutOptions>>();
  keeps<Keeps<ours.PutResult<Value>, values.PutResult<Value>>>();
  keeps<Keeps<ours.DeleteOptions, values.DeleteOptions>>();
  keeps<Keeps<ours.DeleteResult<Value>, values.DeleteResult<Value>>>();
  keeps<Keeps<ours.EntriesOptions, values.EntriesOptions>>();
  keeps<Keeps<ours.Entries<Value>, values.Entries<Value>>>();
});

test("the communicator is as the contract has it", () => {
  keeps<Keeps<ours.EtcdCommunicator<Value>, communicator.EtcdCommunicator<Value>>>();
  keeps<Keeps<ours.EtcdCommunicator, communicator.EtcdCommunicator>>();
  keeps<Keeps<ours.LockedCommunicator<Value>, communicator.LockedCommunicator<Value>>>();
  keeps<Keeps<ours.LockedCommunicator, communicator.LockedCommunicator>>();
});

/** What users see of overloads and inference; never called. */
async function inferred(c: ours.EtcdCommunicator<Value>, e: ours.EtcdClient): Promise<void> {
  const keys = await c.range("k", { keysOnly: true });
  same<Same<typeof keys, ours.RangeResult<null>>>();
  const whole = await c.range("k", { limit: 1 });
  same<Same<typeof whole, ours.RangeResult<Value>>>();
  const listed = c.entries({ all: true }, { keysOnly: true });
  same<Same<typeof listed, ours.Entries<null>>>();
  const read = c.entries({ all: true });
  same<Same<typeof read, ours.Entries<Value>>>();
  const locked = await e.withLock("l", { ttl: 1 });
  same<Same<typeof locked, ours.LockedCommunicator>>();
  const returned = await e.withLock("l", async (held) => await held.count({ all: true }), { timeout: 1 });
  same<Same<typeof returned, number>>();
  const four = await c.txn((
    t,
  ) => [t.get("a"), t.getPrefix("b"), t.count("c"), t.put("d", { port: 1 })]);
  same<Same<typeof four.values, [Value | null, Map<string, Value>, number, ours.PutResult<Value>]>>();
  const all = await c.txn((t) => void t.get("a"));
  same<Same<typeof all.values, ours.TxnValue<Value>[]>>();
  const branched = await c.txnCompare(
    [],
    (s, f) => ({ success: [s.getEntry("k")], failure: [f.delete("k")] }),
  );
  if (branched.succeeded) same<Same<typeof branched.values, [ours.KeyValue<Value> | null]>>();
  else same<Same<typeof branched.values, [ours.DeleteResult<Value>]>>();
  const one = await c.txnCompare([], (s) => ({ success: [s.range("k")] }));
  if (one.succeeded) same<Same<typeof one.values, [ours.RangeResult<Value>]>>();
  else same<Same<typeof one.values, []>>();
  // @ts-expect-error communicators come from connect() alone
  new ours.EtcdCommunicator();
  // @ts-expect-error a range has one form
  await c.count({ prefix: "a", all: true });
}

test("overloads and inference give users the contract's types", () => assert(inferred instanceof Function));

test("transactions and compares are as the contract has them", () => {
  keeps<Keeps<ours.TxnOp<Value>, transactions.TxnOp<Value>>>();
  same<Same<ours.Branch, transactions.Branch>>();
  same<Same<ours.Branches, transactions.Branches>>();
  same<Same<ours.TxnValue<Value>, transactions.TxnValue<Value>>>();
  type Ops = readonly [ours.TxnOp<Value | null>, ours.TxnOp<number>];
  same<Same<ours.OpValues<Ops>, transactions.OpValues<Ops>>>();
  same<Same<ours.BranchValues<Ops, Value>, transactions.BranchValues<Ops, Value>>>();
  same<Same<ours.BranchValues<void, Value>, transactions.BranchValues<void, Value>>>();
  type One = { readonly success: Ops };
  same<Same<ours.SuccessValues<One, Value>, transactions.SuccessValues<One, Value>>>();
  same<Same<ours.FailureValues<One, Value>, transactions.FailureValues<One, Value>>>();
  same<Same<ours.FailureValues<void, Value>, transactions.FailureValues<void, Value>>>();
  keeps<Keeps<ours.TxnSucceeded<[Value]>, transactions.TxnSucceeded<[Value]>>>();
  keeps<Keeps<ours.TxnFailed<[Value]>, transactions.TxnFailed<[Value]>>>();
  same<Same<ours.TxnResult<[1], [2]>, transactions.TxnResult<[1], [2]>>>();
  keeps<Keeps<ours.Txn<Value>, transactions.Txn<Value>>>();
  keeps<Keeps<ours.Compare, transactions.Compare>>();
  keeps<Keeps<ours.CompareTarget<bigint>, transactions.CompareTarget<bigint>>>();
  keeps<Keeps<ours.CompareKey, transactions.CompareKey>>();
  same<Same<ConstructorParameters<typeof ours.CompareKey>, [key: common.Selector]>>();
});

test("watches are as the contract has them", () => {
  keeps<Keeps<ours.WatchOptions, watch.WatchOptions>>();
  same<Same<ours.WatchEvent<Value>, watch.WatchEvent<Value>>>();
  keeps<Keeps<ours.PutEvent<Value>, watch.PutEvent<Value>>>();
  keeps<Keeps<ours.DeleteEvent<Value>, watch.DeleteEvent<Value>>>();
  keeps<Keeps<ours.WatchBatch<Value>, watch.WatchBatch<Value>>>();
  keeps<Keeps<ours.Watcher<Value>, watch.Watcher<Value>>>();
});

test("leases, sessions and locks are as the contract has them", () => {
  keeps<Keeps<ours.Lease, leases.Lease>>();
  keeps<Keeps<ours.LeaseKeeper, leases.LeaseKeeper>>();
  keeps<Keeps<ours.LeaseStatus, leases.LeaseStatus>>();
  keeps<Keeps<ours.SessionOptions, leases.SessionOptions>>();
  keeps<Keeps<ours.Session, leases.Session>>();
  keeps<Keeps<ours.LockOptions, leases.LockOptions>>();
  keeps<Keeps<ours.Ownership<Value>, leases.Ownership<Value>>>();
  keeps<Keeps<ours.EtcdLock<Value>, leases.EtcdLock<Value>>>();
  keeps<Keeps<ours.EtcdLock, leases.EtcdLock>>();
});

test("errors are as the contract has them", () => {
  same<Same<ours.MaybeExecuted, errors.MaybeExecuted>>();
  keeps<Keeps<ours.EtcdError, errors.EtcdError>>();
  keeps<Keeps<typeof ours.EtcdError, Pick<typeof errors.EtcdError, "from">>>();
  keeps<Keeps<ours.EtcdTimeoutError, errors.EtcdTimeoutError>>();
  keeps<Keeps<ours.EtcdDecodeError, errors.EtcdDecodeError>>();
  keeps<Keeps<ours.EtcdCompactedError, errors.EtcdCompactedError>>();
});

test("the fixtures are as the contract has them", () => {
  keeps<Keeps<fixtures.EtcdServerOptions, testing.EtcdServerOptions>>();
  keeps<Keeps<fixtures.EtcdServer, testing.EtcdServer>>();
  keeps<Keeps<typeof fixtures.EtcdServer, Pick<typeof testing.EtcdServer, "start">>>();
  keeps<Keeps<fixtures.EtcdCluster, testing.EtcdCluster>>();
  keeps<Keeps<typeof fixtures.EtcdCluster, Pick<typeof testing.EtcdCluster, "start">>>();
});

/** The classes of the contract's errors, each with the one that it extends. */
const ERRORS = {
  EtcdCancelledError: "EtcdError",
  EtcdUnknownError: "EtcdError",
  EtcdInvalidArgumentError: "EtcdError",
  EtcdDeadlineExceededError: "EtcdError",
  EtcdNotFoundError: "EtcdError",
  EtcdAlreadyExistsError: "EtcdError",
  EtcdPermissionDeniedError: "EtcdError",
  EtcdUnauthenticatedError: "EtcdError",
  EtcdTooManyRequestError: "EtcdError",
  EtcdBadRequestError: "EtcdError",
  EtcdAbortedError: "EtcdError",
  EtcdOutOfRangeError: "EtcdError",
  EtcdUnimplementedError: "EtcdError",
  EtcdInternalError: "EtcdError",
  EtcdUnavailableError: "EtcdError",
  EtcdDataLossError: "EtcdError",
  EtcdCompactedError: "EtcdOutOfRangeError",
  EtcdLeaseNotFoundError: "EtcdNotFoundError",
  EtcdNoSpaceError: "EtcdTooManyRequestError",
  EtcdNoLeaderError: "EtcdUnavailableError",
  EtcdLockLostError: "EtcdError",
  EtcdWatchOverflowError: "EtcdError",
  EtcdClusterChangedError: "EtcdError",
} as const satisfies Partial<Record<keyof typeof errors, keyof typeof errors>>;

test("every class, function and codec of the contract is there at run time", () => {
  const names: (keyof typeof ours)[] = [
    "bytesCodec",
    "CompareKey",
    "EtcdClient",
    "EtcdCommunicator",
    "EtcdDecodeError",
    "EtcdError",
    "EtcdTimeoutError",
    "HostPortPair",
    "jsonCodec",
    "LockedCommunicator",
    "utf8Codec",
    "workerdDialer",
  ];
  assertEquals(names.filter((name) => ours[name] === undefined), []);
  for (const [name, parent] of Object.entries(ERRORS) as [keyof typeof ERRORS, "EtcdError"][]) {
    assertEquals(Object.getPrototypeOf(ours[name]), ours[parent], name);
    assert(ours[name].prototype instanceof Error);
  }
  assert(ours.EtcdTimeoutError.prototype instanceof DOMException);
  assertEquals(Object.keys(fixtures).filter((name) => name.startsWith("Etcd")), [
    "EtcdCluster",
    "EtcdServer",
  ]);
});
