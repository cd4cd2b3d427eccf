/**
 * The methods of etcd's services that nearly every client calls.
 *
 * @module
 */

import type * as kv from "../../proto/gen/kv.ts";
import type * as lease from "../../proto/gen/lease.ts";
import { generatedMethod, type Method, ownMethod } from "./method.ts";
import { decodePutResponse, decodeRangeResponse } from "./wire/decode.ts";
import { encodePutRequest, encodeRangeRequest } from "./wire/encode.ts";

const kvMethods = async () => (await import("../../proto/gen/kv.ts")).KVDefinition.methods;
const leaseMethods = async () => (await import("../../proto/gen/lease.ts")).LeaseDefinition.methods;

/** Range reads keys. */
export const Range: Method<kv.RangeRequest, kv.RangeResponse> = ownMethod("KV/Range", {
  encode: encodeRangeRequest,
  decode: decodeRangeResponse,
});
/** Put writes a key. */
export const Put: Method<kv.PutRequest, kv.PutResponse> = ownMethod("KV/Put", {
  encode: encodePutRequest,
  decode: decodePutResponse,
});
/** DeleteRange removes keys. */
export const DeleteRange: Method<kv.DeleteRangeRequest, kv.DeleteRangeResponse> = generatedMethod(
  "KV/DeleteRange",
  "unary",
  async () => (await kvMethods()).deleteRange,
);
/** Txn runs operations together. */
export const Txn: Method<kv.TxnRequest, kv.TxnResponse> = generatedMethod(
  "KV/Txn",
  "unary",
  async () => (await kvMethods()).txn,
);
/** Compact drops old revisions. */
export const Compact: Method<kv.CompactionRequest, kv.CompactionResponse> = generatedMethod(
  "KV/Compact",
  "unary",
  async () => (await kvMethods()).compact,
);

/** LeaseGrant makes a lease. */
export const LeaseGrant: Method<lease.LeaseGrantRequest, lease.LeaseGrantResponse> = generatedMethod(
  "Lease/LeaseGrant",
  "unary",
  async () => (await leaseMethods()).leaseGrant,
);
/** LeaseRevoke ends a lease and its keys. */
export const LeaseRevoke: Method<lease.LeaseRevokeRequest, lease.LeaseRevokeResponse> = generatedMethod(
  "Lease/LeaseRevoke",
  "unary",
  async () => (await leaseMethods()).leaseRevoke,
);
/** LeaseKeepAlive streams renewals. */
export const LeaseKeepAlive: Method<lease.LeaseKeepAliveRequest, lease.LeaseKeepAliveResponse> =
  generatedMethod(
    "Lease/LeaseKeepAlive",
    "stream",
    async () => (await leaseMethods()).leaseKeepAlive,
  );
/** LeaseTimeToLive tells what is left of a lease. */
export const LeaseTimeToLive: Method<lease.LeaseTimeToLiveRequest, lease.LeaseTimeToLiveResponse> =
  generatedMethod("Lease/LeaseTimeToLive", "unary", async () => (await leaseMethods()).leaseTimeToLive);
/** LeaseLeases lists leases. */
export const LeaseLeases: Method<lease.LeaseLeasesRequest, lease.LeaseLeasesResponse> = generatedMethod(
  "Lease/LeaseLeases",
  "unary",
  async () => (await leaseMethods()).leaseLeases,
);
