/**
 * The methods of etcd's Cluster service.
 *
 * @module
 */

import type * as cluster from "../../proto/gen/cluster.ts";
import { generatedMethod, type Method } from "./method.ts";

/** MemberList tells who is in the cluster. */
export const MemberList: Method<cluster.MemberListRequest, cluster.MemberListResponse> = generatedMethod(
  "Cluster/MemberList",
  "unary",
  async () => (await import("../../proto/gen/cluster.ts")).ClusterDefinition.methods.memberList,
);
