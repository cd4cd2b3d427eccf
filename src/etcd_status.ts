/**
 * What etcd's error texts mean. The text decides before the status code: some arrive as UNKNOWN, and several
 * changed their code between 3.5 and 3.6. Source: etcd `api/v3rpc/rpctypes/error.go`, 3.4 to 3.7, plus the
 * texts that the server sends without declaring them there.
 *
 * @module
 */

/** gRPC status numbers (https://grpc.io/docs/guides/status-codes/). */
export const Status = {
  OK: 0,
  CANCELLED: 1,
  UNKNOWN: 2,
  INVALID_ARGUMENT: 3,
  DEADLINE_EXCEEDED: 4,
  NOT_FOUND: 5,
  ALREADY_EXISTS: 6,
  PERMISSION_DENIED: 7,
  RESOURCE_EXHAUSTED: 8,
  FAILED_PRECONDITION: 9,
  ABORTED: 10,
  OUT_OF_RANGE: 11,
  UNIMPLEMENTED: 12,
  INTERNAL: 13,
  UNAVAILABLE: 14,
  DATA_LOSS: 15,
  UNAUTHENTICATED: 16,
} as const;

/** The status names by number: `STATUS_NAMES[14]` is `"UNAVAILABLE"`. */
export const STATUS_NAMES: readonly string[] = Object.keys(Status);

/** How one of etcd's error texts is to be read. */
export interface EtcdStatus {
  readonly reason: string;
  readonly code: number;
  /** Whether a write that got this answer can have been executed. */
  readonly executed: "no" | "unknown";
}

/** Texts that say for certain: nothing was executed. */
const REFUSED: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  [Status.INVALID_ARGUMENT]: {
    EMPTY_KEY: "key is not provided",
    KEY_NOT_FOUND: "key not found",
    VALUE_PROVIDED: "value is provided",
    LEASE_PROVIDED: "lease is provided",
    TOO_MANY_OPS: "too many operations in txn request",
    DUPLICATE_KEY: "duplicate key given in txn request",
    INVALID_CLIENT_API_VERSION: "invalid client api version",
    INVALID_SORT_OPTION: "invalid sort option",
    MEMBER_BAD_URLS: "given member URLs are invalid",
    REQUEST_TOO_LARGE: "request is too large",
    USER_EMPTY: "user name is empty",
    ROLE_EMPTY: "role name is empty",
    AUTH_FAILED: "authentication failed, invalid user ID or password",
    PERMISSION_NOT_GIVEN: "permission not given",
    AUTH_OLD_REVISION: "revision of auth store is old",
    INVALID_AUTH_MGMT: "invalid auth management",
    WRONG_DOWNGRADE_VERSION_FORMAT: "wrong downgrade target version format",
    INVALID_DOWNGRADE_TARGET_VERSION: "invalid downgrade target version",
  },
  [Status.FAILED_PRECONDITION]: {
    LEASE_EXIST: "lease already exists",
    MEMBER_EXIST: "member ID already exist",
    PEER_URL_EXIST: "Peer URLs already exists",
    MEMBER_NOT_ENOUGH_STARTED: "re-configuration failed due to not enough started members",
    LEARNER_NOT_READY: "can only promote a learner member which is in sync with leader",
    TOO_MANY_LEARNERS: "too many learner members in cluster",
    CLUSTER_ID_MISMATCH: "cluster ID mismatch",
    ROOT_USER_NOT_EXIST: "root user does not exist",
    ROOT_ROLE_NOT_EXIST: "root user does not have root role",
    USER_ALREADY_EXIST: "user name already exists",
    USER_NOT_FOUND: "user name not found",
    ROLE_ALREADY_EXIST: "role name already exists",
    ROLE_NOT_FOUND: "role name not found",
    ROLE_NOT_GRANTED: "role is not granted to the user",
    PERMISSION_NOT_GRANTED: "permission is not granted to the role",
    AUTH_NOT_ENABLED: "authentication is not enabled",
    NOT_LEADER: "not leader",
    BAD_LEADER_TRANSFEREE: "bad leader transferee",
    NOT_CAPABLE: "not capable",
    NOT_SUPPORTED_FOR_LEARNER: "rpc not supported for learner",
    CLUSTER_VERSION_UNAVAILABLE: "cluster version not found during downgrade",
    DOWNGRADE_IN_PROCESS: "cluster has a downgrade job in progress",
    NO_INFLIGHT_DOWNGRADE: "no inflight downgrade job",
  },
  [Status.NOT_FOUND]: {
    LEASE_NOT_FOUND: "requested lease not found",
    MEMBER_NOT_FOUND: "member not found",
  },
  [Status.OUT_OF_RANGE]: {
    COMPACTED: "mvcc: required revision has been compacted",
    FUTURE_REV: "mvcc: required revision is a future revision",
    LEASE_TTL_TOO_LARGE: "too large lease TTL",
  },
  [Status.PERMISSION_DENIED]: { PERMISSION_DENIED: "permission denied" },
  [Status.UNAUTHENTICATED]: { INVALID_AUTH_TOKEN: "invalid auth token" },
  [Status.RESOURCE_EXHAUSTED]: { TOO_MANY_REQUESTS: "too many requests" },
  [Status.UNAVAILABLE]: {
    NO_LEADER: "no leader",
    UNHEALTHY: "unhealthy cluster",
    RAFT_PROPOSAL_DROPPED: "raft proposal dropped",
  },
  [Status.DATA_LOSS]: { CORRUPT: "corrupt cluster" },
};

/** Texts after which a write may or may not have been executed. */
const AMBIGUOUS: Readonly<Record<number, Readonly<Record<string, string>>>> = {
  [Status.CANCELLED]: {
    CANCELED: "request canceled",
    WATCH_CANCELED: "watch canceled",
  },
  [Status.DEADLINE_EXCEEDED]: { DEADLINE_EXCEEDED: "context deadline exceeded" },
  [Status.RESOURCE_EXHAUSTED]: { NO_SPACE: "mvcc: database space exceeded" },
  [Status.FAILED_PRECONDITION]: { MEMBER_NOT_LEARNER: "can only promote a learner member" },
  [Status.UNAVAILABLE]: {
    STOPPED: "server stopped",
    TIMEOUT: "request timed out",
    TIMEOUT_DUE_TO_LEADER_FAIL: "request timed out, possibly due to previous leader failure",
    TIMEOUT_DUE_TO_CONNECTION_LOST: "request timed out, possibly due to connection lost",
    TIMEOUT_WAIT_APPLIED_INDEX: "request timed out, waiting for the applied index took too long",
    LEADER_CHANGED: "leader changed",
  },
};

function* rows(
  table: typeof REFUSED,
  executed: "no" | "unknown",
): Generator<[string, EtcdStatus]> {
  for (const [code, texts] of Object.entries(table)) {
    for (const [reason, text] of Object.entries(texts)) {
      yield [text, { reason, code: Number(code), executed }];
    }
  }
}

const BY_TEXT: ReadonlyMap<string, EtcdStatus> = new Map([
  ...rows(REFUSED, "no"),
  ...rows(AMBIGUOUS, "unknown"),
]);

/** Reasons that a token is of no use any more; USER_EMPTY when the server forgot whose it was. */
export const STALE_TOKEN: ReadonlySet<string> = new Set([
  "INVALID_AUTH_TOKEN",
  "AUTH_OLD_REVISION",
  "USER_EMPTY",
]);

/** grpc-go's refusal of a request above `--max-request-bytes`: the handler never ran. */
const REQUEST_ABOVE_LIMIT = /^grpc: received message (after decompression )?larger than max/;
/** How watch cancellations wrap a status in a plain string. */
const WRAPPED = /^rpc error: code = \w+ desc = /;

/**
 * Takes the wrapping of a watch cancellation off.
 *
 * @param text The message of a gRPC status, or the cancel reason of a watch.
 * @returns What it says.
 */
export function unwrapped(text: string): string {
  return text.replace(WRAPPED, "");
}

/**
 * Reads one of etcd's error texts, with or without the wrappings that servers put round it.
 *
 * @param text The message of a gRPC status, or the cancel reason of a watch.
 * @returns What it means, or undefined for a text that is none of etcd's.
 */
export function etcdStatus(text: string): EtcdStatus | undefined {
  const bare = unwrapped(text);
  if (REQUEST_ABOVE_LIMIT.test(bare)) {
    return { reason: "REQUEST_TOO_LARGE", code: Status.RESOURCE_EXHAUSTED, executed: "no" };
  }
  return BY_TEXT.get(bare.replace(/^etcdserver: /, ""));
}
