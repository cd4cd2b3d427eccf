/**
 * What of the client is watched over: which methods of which objects, what bounds them and what they return.
 *
 * @module
 */

/** Objects whose methods are watched over. */
export type Kind =
  | "communicator"
  | "lock"
  | "session"
  | "lease"
  | "keeper"
  | "watcher"
  | "batches"
  | "events"
  | "entries"
  | "pages";

/** How a member of an object is watched over. */
export interface Method {
  /**
   * - `"call"` has a deadline: its own `timeout`, or that of the client;
   * - `"wait"` has one only if it is given a `timeout`;
   * - `"open"` returns at once what lasts;
   * - `"promise"` is no method: a promise that settles with the object, if it does not before.
   */
  readonly how: "call" | "wait" | "open" | "promise";
  /** Which argument is its options; missing where it takes none. */
  readonly at?: number;
  /** What it returns or resolves to, which is watched over too. */
  readonly gives?: Kind;
  /** The promise that is settled when this has. */
  readonly ends?: string;
}

const call = (at?: number, gives?: Kind): Method => ({ how: "call", at, gives });
const wait = (at?: number, gives?: Kind): Method => ({ how: "wait", at, gives });
const open = (gives: Kind, at?: number): Method => ({ how: "open", at, gives });
const promise: Method = { how: "promise" };
const end: Method = { how: "call", ends: "ready" };

/** By the kind of object, then by the name of the member; all others are left as they are. */
export const METHODS: Readonly<Record<Kind, Readonly<Record<PropertyKey, Method>>>> = {
  communicator: {
    compact: call(1),
    count: call(1),
    delete: call(1),
    deletePrefix: call(1),
    deleteRange: call(2),
    entries: open("entries", 1),
    get: call(1),
    getEntry: call(1),
    getPrefix: call(1),
    getRange: call(2),
    grantLease: call(1, "lease"),
    keepLeaseAlive: open("keeper", 1),
    keepLeaseAliveOnce: call(1),
    keysPrefix: call(1),
    keysRange: call(2),
    leaseTimeToLive: call(1),
    listLeases: call(0),
    lock: wait(1, "lock"),
    namespace: open("communicator"),
    put: call(2),
    range: call(1),
    revokeLease: call(1),
    session: call(0, "session"),
    setLease: call(2),
    tryLock: wait(1, "lock"),
    txn: call(1),
    txnCompare: call(2),
    watch: open("watcher", 1),
    watchPrefix: open("watcher", 1),
    watchRange: open("watcher", 2),
    withCodec: open("communicator"),
  },
  lock: {
    delete: call(1),
    put: call(2),
    release: call(0),
    txn: call(1),
    txnCompare: call(2),
    [Symbol.asyncDispose]: call(),
  },
  session: { close: call(), [Symbol.asyncDispose]: call() },
  lease: {
    keepAlive: open("keeper"),
    keepAliveOnce: call(0),
    revoke: call(0),
    timeToLive: call(0),
    [Symbol.asyncDispose]: call(),
  },
  keeper: { close: call(), [Symbol.asyncDispose]: call() },
  watcher: {
    batches: open("batches"),
    close: end,
    ready: promise,
    requestProgress: call(0),
    [Symbol.asyncDispose]: end,
    [Symbol.asyncIterator]: open("events"),
  },
  batches: { [Symbol.asyncIterator]: open("events") },
  events: { next: wait(), return: call(), [Symbol.asyncIterator]: open("events") },
  entries: { revision: promise, [Symbol.asyncIterator]: open("pages") },
  // Each of its steps reads one page at most.
  pages: { next: call(), return: call(), [Symbol.asyncIterator]: open("pages") },
};
