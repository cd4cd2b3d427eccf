import { assert, assertEquals, assertStrictEquals } from "@std/assert";
import { EtcdDecodeError } from "../../src/decode_error.ts";
import * as errors from "../../src/errors.ts";
import { STATUS_NAMES } from "../../src/etcd_status.ts";
import { fromStatus } from "../../src/status_error.ts";
import { test } from "../harness.ts";

const { EtcdError, EtcdTimeoutError } = errors;

/** Every class of the family that stands for a gRPC status, by its number. */
const CLASSES: Readonly<Record<number, typeof EtcdError>> = {
  1: errors.EtcdCancelledError,
  2: errors.EtcdUnknownError,
  3: errors.EtcdInvalidArgumentError,
  4: errors.EtcdDeadlineExceededError,
  5: errors.EtcdNotFoundError,
  6: errors.EtcdAlreadyExistsError,
  7: errors.EtcdPermissionDeniedError,
  8: errors.EtcdTooManyRequestError,
  9: errors.EtcdBadRequestError,
  10: errors.EtcdAbortedError,
  11: errors.EtcdOutOfRangeError,
  12: errors.EtcdUnimplementedError,
  13: errors.EtcdInternalError,
  14: errors.EtcdUnavailableError,
  15: errors.EtcdDataLossError,
  16: errors.EtcdUnauthenticatedError,
};

const read = (code: number, details: string) => fromStatus("Cannot call KV/Put", code, details);

test("each gRPC status has its class, with the status name as reason", () => {
  for (const [code, Class] of Object.entries(CLASSES)) {
    const error = read(Number(code), "something of its own");
    assertStrictEquals(error.constructor, Class);
    assertEquals([error.code, error.reason], [Number(code), STATUS_NAMES[Number(code)]]);
    assertEquals(error.message, "Cannot call KV/Put: something of its own");
    assert(error instanceof EtcdError && error instanceof Error);
  }
});

test("a status beyond gRPC's is an unknown error, and an empty text is replaced by the status name", () => {
  assertStrictEquals(read(99, "?").constructor, errors.EtcdUnknownError);
  assertEquals(read(14, "").message, "Cannot call KV/Put: UNAVAILABLE");
});

test("etcd's text decides before the status", () => {
  const rows: [number, string, typeof EtcdError, number, string][] = [
    [
      11,
      "etcdserver: mvcc: required revision has been compacted",
      errors.EtcdCompactedError,
      11,
      "COMPACTED",
    ],
    [5, "etcdserver: requested lease not found", errors.EtcdLeaseNotFoundError, 5, "LEASE_NOT_FOUND"],
    [8, "etcdserver: mvcc: database space exceeded", errors.EtcdNoSpaceError, 8, "NO_SPACE"],
    [14, "etcdserver: no leader", errors.EtcdNoLeaderError, 14, "NO_LEADER"],
    [2, "etcdserver: too many requests", errors.EtcdTooManyRequestError, 8, "TOO_MANY_REQUESTS"],
    [2, "raft proposal dropped", errors.EtcdUnavailableError, 14, "RAFT_PROPOSAL_DROPPED"],
    [
      14,
      "etcdserver: rpc not supported for learner",
      errors.EtcdBadRequestError,
      9,
      "NOT_SUPPORTED_FOR_LEARNER",
    ],
    [
      3,
      "etcdserver: duplicate key given in txn request",
      errors.EtcdInvalidArgumentError,
      3,
      "DUPLICATE_KEY",
    ],
    [3, "etcdserver: too many operations in txn request", errors.EtcdInvalidArgumentError, 3, "TOO_MANY_OPS"],
    [
      2,
      "rpc error: code = Unauthenticated desc = etcdserver: invalid auth token",
      errors.EtcdUnauthenticatedError,
      16,
      "INVALID_AUTH_TOKEN",
    ],
  ];
  for (const [code, details, Class, status, reason] of rows) {
    const error = read(code, details);
    assertStrictEquals(error.constructor, Class, details);
    assertEquals([error.code, error.reason], [status, reason]);
    assert(!error.message.includes("rpc error:"), error.message);
  }
});

test("maybeExecuted is no for refusals, and unknown where etcd may have written", () => {
  assertEquals(read(3, "etcdserver: key is not provided").maybeExecuted, "no");
  assertEquals(read(8, "grpc: received message larger than max (2 vs. 1)").maybeExecuted, "no");
  assertEquals(read(2, "etcdserver: too many requests").maybeExecuted, "no");
  for (
    const details of [
      "etcdserver: mvcc: database space exceeded",
      "etcdserver: request timed out",
      "etcdserver: request timed out, possibly due to connection lost",
      "etcdserver: leader changed",
      "etcdserver: server stopped",
      "anything else",
    ]
  ) {
    assertEquals(read(14, details).maybeExecuted, "unknown", details);
  }
  assertEquals(fromStatus("Cannot call", 14, "connect refused", { sent: false }).maybeExecuted, "no");
});

test("what may succeed when repeated says so", () => {
  assertEquals(read(14, "connection lost").retryable, true);
  assertEquals(read(2, "etcdserver: too many requests").retryable, true);
  assertEquals(read(9, "etcdserver: rpc not supported for learner").retryable, true, "elsewhere");
  assertEquals(fromStatus("Cannot call", 13, "cut off", { connectionLost: true }).retryable, true);
  assertEquals(read(13, "").retryable, false);
  assertEquals(read(8, "etcdserver: mvcc: database space exceeded").retryable, false);
});

test("classes extend what their names promise", () => {
  const compacted = new errors.EtcdCompactedError("Cannot watch: compacted", { compactRevision: 7n });
  assert(compacted instanceof errors.EtcdOutOfRangeError);
  assertEquals([compacted.compactRevision, compacted.reason, compacted.code], [7n, "COMPACTED", 11]);
  assert(new errors.EtcdLeaseNotFoundError("") instanceof errors.EtcdNotFoundError);
  assert(new errors.EtcdNoSpaceError("") instanceof errors.EtcdTooManyRequestError);
  assert(new errors.EtcdNoLeaderError("") instanceof errors.EtcdUnavailableError);
  assert(!(new errors.EtcdNotFoundError("") instanceof errors.EtcdLeaseNotFoundError));
  for (
    const Class of [errors.EtcdLockLostError, errors.EtcdWatchOverflowError, errors.EtcdClusterChangedError]
  ) {
    assert(new Class("") instanceof EtcdError);
  }
});

test("an error is named after its class, out of sight of copies", () => {
  const error = new errors.EtcdNoLeaderError("Cannot call KV/Put: no leader");
  assertEquals(error.name, "EtcdNoLeaderError");
  assertEquals(String(error), "EtcdNoLeaderError: Cannot call KV/Put: no leader");
  assertEquals(Object.keys(error).sort(), ["code", "maybeExecuted", "reason", "retryable"]);
});

test("errors of another installed copy are of the family", async () => {
  const copy: typeof errors = await import(`../../src/errors.ts?copy=${"2"}`);
  const foreign = new copy.EtcdLeaseNotFoundError("Cannot put: gone");
  assert(copy.EtcdError !== EtcdError, "it is another copy");
  assert(foreign instanceof errors.EtcdLeaseNotFoundError && foreign instanceof errors.EtcdNotFoundError);
  assert(foreign instanceof EtcdError && !(foreign instanceof errors.EtcdUnavailableError));
  assert(new copy.EtcdTimeoutError("late") instanceof EtcdTimeoutError);
  assertStrictEquals(EtcdError.from(foreign), foreign as errors.EtcdError);
});

test("a subclass that callers make is its own, and of the family", () => {
  class MyError extends errors.EtcdAbortedError {}
  const mine = new MyError("mine");
  assert(mine instanceof MyError && mine instanceof errors.EtcdAbortedError && mine instanceof EtcdError);
  assert(!(new errors.EtcdAbortedError("theirs") instanceof MyError));
});

test("a timeout is a DOMException like those of AbortSignal.timeout", () => {
  const cause = new Error("no endpoint is up");
  const error = new EtcdTimeoutError("Cannot call KV/Put within 5 ms", { maybeExecuted: "no", cause });
  assert(error instanceof DOMException && error instanceof Error);
  assertEquals([error.name, error.maybeExecuted, error.cause], ["TimeoutError", "no", cause]);
  assertEquals(new EtcdTimeoutError("late").maybeExecuted, "unknown");
});

test("from() keeps the family and turns everything else into it", () => {
  const own = new errors.EtcdAbortedError("mine");
  assertStrictEquals(EtcdError.from(own), own);
  const late = new EtcdTimeoutError("late");
  assertStrictEquals(EtcdError.from(late), late);

  const timeout = EtcdError.from(new DOMException("timed out", "TimeoutError"));
  assert(timeout instanceof EtcdTimeoutError);
  assert(EtcdError.from(new DOMException("aborted", "AbortError")) instanceof errors.EtcdCancelledError);
  const cause = new RangeError("odd");
  const unknown = EtcdError.from(cause);
  assert(unknown instanceof errors.EtcdUnknownError);
  assertEquals([unknown.message, unknown.cause], ["odd", cause]);
  for (const thrown of ["text", undefined, null, 7, {}, Object.create(null), Symbol("odd")]) {
    assert(EtcdError.from(thrown) instanceof EtcdError);
  }
});

test("errors become JSON", () => {
  const compacted = new errors.EtcdCompactedError("Cannot watch: compacted", { compactRevision: 7n });
  assertEquals(JSON.parse(JSON.stringify(compacted)), {
    name: "EtcdCompactedError",
    message: "Cannot watch: compacted",
    code: 11,
    reason: "COMPACTED",
    maybeExecuted: "unknown",
    retryable: false,
    compactRevision: "7",
  });
  const refused = new EtcdDecodeError("Cannot decode", { keyBytes: new Uint8Array([1]), revision: 5n });
  assertEquals(JSON.parse(JSON.stringify(refused)), {
    name: "EtcdDecodeError",
    message: "Cannot decode",
    revision: "5",
    issues: [],
  });
});
