/**
 * The methods of etcd's services that nearly every client calls. What few call is loaded by those: the generated
 * code of Auth alone is a quarter of all.
 *
 * @module
 */

import { KVDefinition } from "../../proto/gen/kv.ts";
import { LeaseDefinition } from "../../proto/gen/lease.ts";
import type * as kv from "../../proto/gen/kv.ts";
import type * as lease from "../../proto/gen/lease.ts";
import { defineMethod, type Method } from "./method.ts";
import { decodePutResponse, decodeRangeResponse } from "./wire/decode.ts";
import { encodePutRequest, encodeRangeRequest } from "./wire/encode.ts";

const { range, put, deleteRange, txn, compact } = KVDefinition.methods;
const { leaseGrant, leaseRevoke, leaseKeepAlive, leaseTimeToLive, leaseLeases } = LeaseDefinition.methods;

/** Range reads keys. */
export const Range: Method<kv.RangeRequest, kv.RangeResponse> = defineMethod(KVDefinition, range, {
  encode: encodeRangeRequest,
  decode: decodeRangeResponse,
});
/** Put writes a key. */
export const Put: Method<kv.PutRequest, kv.PutResponse> = defineMethod(KVDefinition, put, {
  encode: encodePutRequest,
  decode: decodePutResponse,
});
/** DeleteRange removes keys. */
export const DeleteRange: Method<kv.DeleteRangeRequest, kv.DeleteRangeResponse> = defineMethod(
  KVDefinition,
  deleteRange,
);
/** Txn runs operations together. */
export const Txn: Method<kv.TxnRequest, kv.TxnResponse> = defineMethod(KVDefinition, txn);
/** Compact drops old revisions. */
export const Compact: Method<kv.CompactionRequest, kv.CompactionResponse> = defineMethod(
  KVDefinition,
  compact,
);

/** LeaseGrant makes a lease. */
export const LeaseGrant: Method<lease.LeaseGrantRequest, lease.LeaseGrantResponse> = defineMethod(
  LeaseDefinition,
  leaseGrant,
);
/** LeaseRevoke ends a lease and its keys. */
export const LeaseRevoke: Method<lease.LeaseRevokeRequest, lease.LeaseRevokeResponse> = defineMethod(
  LeaseDefinition,
  leaseRevoke,
);
/** LeaseKeepAlive streams renewals. */
export const LeaseKeepAlive: Method<lease.LeaseKeepAliveRequest, lease.LeaseKeepAliveResponse> = defineMethod(
  LeaseDefinition,
  leaseKeepAlive,
);
/** LeaseTimeToLive tells what is left of a lease. */
export const LeaseTimeToLive: Method<lease.LeaseTimeToLiveRequest, lease.LeaseTimeToLiveResponse> =
  defineMethod(LeaseDefinition, leaseTimeToLive);
/** LeaseLeases lists leases. */
export const LeaseLeases: Method<lease.LeaseLeasesRequest, lease.LeaseLeasesResponse> = defineMethod(
  LeaseDefinition,
  leaseLeases,
);
