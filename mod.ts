/**
 * An etcd v3 client for Deno, Bun, Node and edge-style workers.
 *
 * {@linkcode EtcdClient} holds connection information; its `connect()` gives an {@linkcode EtcdCommunicator} to
 * read, write, watch, lease and lock with, and its `withLock()` one that holds a lock.
 *
 * - **Keys** go in as text or bytes; **values** go through a codec, UTF-8 text by default.
 * - **Reads** are linearizable unless `serializable` is asked for.
 * - **Writes** are never sent twice; `maybeExecuted` of an error tells whether a failed one can have happened.
 * - **Watches** deliver each change once, in order, whole revisions at a time, across reconnects.
 * - **Every call** takes `{ signal, timeout }`; everything that is opened is `AsyncDisposable`.
 *
 * @example
 * ```ts
 * import { EtcdClient } from "@etcetra/etcd";
 * import { EtcdServer } from "@etcetra/etcd/testing";
 *
 * await using server = await EtcdServer.start(); // an etcd to try this on
 *
 * const etcd = new EtcdClient(server.endpoint); // for your own: new EtcdClient("127.0.0.1:2379")
 * await using communicator = await etcd.connect();
 * await communicator.put("testkey", "testvalue");
 * console.log(await communicator.get("testkey")); // testvalue
 *
 * await etcd.withLock("foolock", async (c) => {
 *   await c.held.put("guarded", "written only while the lock is ours");
 * }, { timeout: 5_000 });
 *
 * await using watcher = communicator.watchPrefix("/testdir");
 * await watcher.ready;
 * await communicator.put("/testdir/1", "one");
 * for await (const event of watcher) {
 *   console.log(event.type, event.key, event.value); // PUT /testdir/1 one
 *   break;
 * }
 * ```
 *
 * @module
 */

// Client
export { EtcdClient } from "./src/client.ts";
export { EtcdCommunicator, LockedCommunicator } from "./src/communicator.ts";
export { type Endpoint, HostPortPair } from "./src/endpoint.ts";
export type {
  CallOptions,
  Channel,
  ClientEvent,
  ClientMiddleware,
  Credentials,
  EtcdClientOptions,
  KeepAliveOptions,
  RetryOptions,
} from "./src/options.ts";
export type { Dialer, DialTarget, Socket, TlsOptions } from "./src/socket.ts";
export { workerdDialer } from "./src/transport/net/workerd.ts";

// Keys and values
export { bytesCodec, type Codec, jsonCodec, utf8Codec } from "./src/codec.ts";
export type { Entries, EntriesOptions, EntriesProgress } from "./src/entries.ts";
export type { Key, KeyRange, Selector } from "./src/keys.ts";
export type { KeyValue, ResponseHeader } from "./src/key_value.ts";
export type {
  DeleteOptions,
  DeleteResult,
  PutOptions,
  PutResult,
  RangeResult,
  ReadOptions,
  SortOptions,
} from "./src/kv.ts";
export type { StandardResult, StandardSchema } from "./src/schema.ts";

// Transactions
export { type Compare, CompareKey, type CompareTarget } from "./src/compare.ts";
export type {
  Branch,
  Branches,
  BranchValues,
  FailureValues,
  OpValues,
  SuccessValues,
  Txn,
  TxnFailed,
  TxnOp,
  TxnResult,
  TxnSucceeded,
  TxnValue,
} from "./src/txn.ts";

// Watch
export type { DeleteEvent, PutEvent, WatchBatch, Watcher, WatchEvent, WatchOptions } from "./src/watch.ts";

// Leases and locks
export type { Lease, LeaseKeeper, LeaseStatus } from "./src/lease.ts";
export type { EtcdLock, LockOptions } from "./src/lock.ts";
export type { Ownership } from "./src/ownership.ts";
export type { Session, SessionOptions } from "./src/session.ts";

// Errors
export { type DecodeIssue, EtcdDecodeError } from "./src/decode_error.ts";
export {
  EtcdAbortedError,
  EtcdAlreadyExistsError,
  EtcdBadRequestError,
  EtcdCancelledError,
  EtcdClusterChangedError,
  EtcdCompactedError,
  EtcdDataLossError,
  EtcdDeadlineExceededError,
  EtcdError,
  type EtcdErrorOptions,
  EtcdInternalError,
  EtcdInvalidArgumentError,
  EtcdLeaseNotFoundError,
  EtcdLockLostError,
  EtcdNoLeaderError,
  EtcdNoSpaceError,
  EtcdNotFoundError,
  EtcdOutOfRangeError,
  EtcdPermissionDeniedError,
  EtcdTimeoutError,
  EtcdTooManyRequestError,
  EtcdUnauthenticatedError,
  EtcdUnavailableError,
  EtcdUnimplementedError,
  EtcdUnknownError,
  EtcdWatchOverflowError,
  type MaybeExecuted,
} from "./src/errors.ts";
