/**
 * The methods of etcd's Cluster service.
 *
 * @module
 */

import { ClusterDefinition } from "../../proto/gen/cluster.ts";
import type * as cluster from "../../proto/gen/cluster.ts";
import { defineMethod, type Method } from "./method.ts";

/** MemberList tells who is in the cluster. */
export const MemberList: Method<cluster.MemberListRequest, cluster.MemberListResponse> = defineMethod(
  ClusterDefinition,
  ClusterDefinition.methods.memberList,
);
