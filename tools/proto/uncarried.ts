/**
 * What etcd's own .proto files declare and ours leave out, each with the reason: no client ever sees it.
 * @module
 */

const RAFT = "travels in the raft log, from member to member only";
const STORE = "a record of the server's own storage";

/** Proto packages of an etcd release that no client service refers to, with the reason. */
export const UNCARRIED_PACKAGES: ReadonlyMap<string, string> = new Map([
  ["leasepb", STORE],
  ["membershippb", STORE],
  ["raftpb", RAFT],
  ["rpcpb", "the protocol of etcd's own fault-injection tester"],
  ["snappb", STORE],
  ["versionpb", "options that note since when a field exists; nothing of it is sent"],
  ["walpb", STORE],
]);

/** Messages and enums in packages that ours carry, left out with everything they contain, with the reason. */
export const UNCARRIED_NAMES: ReadonlyMap<string, string> = new Map([
  ["authpb.Role", STORE],
  ["authpb.User", STORE],
  ["etcdserverpb.DowngradeVersionTestRequest", "used by etcd's own tests of its write-ahead log"],
  ["etcdserverpb.EmptyResponse", RAFT],
  ["etcdserverpb.InternalAuthenticateRequest", RAFT],
  ["etcdserverpb.InternalRaftRequest", RAFT],
  ["etcdserverpb.LeaseCheckpoint", RAFT],
  ["etcdserverpb.LeaseCheckpointRequest", RAFT],
  ["etcdserverpb.LeaseCheckpointResponse", RAFT],
  ["etcdserverpb.Metadata", STORE],
  ["etcdserverpb.Request", "a request of the v2 API, kept in the write-ahead log of etcd 3.6 and older"],
  ["etcdserverpb.RequestHeader", RAFT],
]);
