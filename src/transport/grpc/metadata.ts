/**
 * grpc-js' metadata, which nice-grpc speaks, to and from header fields.
 *
 * grpc-js itself is not imported: its class comes with the first metadata a call is given.
 *
 * @module
 */

import type { Metadata } from "@grpc/grpc-js";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import type { MetadataEntries } from "./request_headers.ts";
import type { GrpcStatus } from "./status.ts";

/** The class, as far as it is used here. */
export type MetadataClass = Pick<typeof Metadata, "fromHttp2Headers">;

/** Trailer that a failed status gets here: `"no"` if the request was certainly not processed, else `"maybe"`. */
export const SENT_TRAILER = "etcetra-sent";

/** Trailer that a failed status gets here: `"true"` if the connection ended before a status came. */
export const CONNECTION_LOST_TRAILER = "etcetra-connection-lost";

/** What the status object says elsewhere, or what belongs to HTTP. */
const NOT_METADATA = new Set(["grpc-status", "grpc-message", "content-type", "te"]);

/**
 * Finds the class of some metadata.
 *
 * @param metadata Made by grpc-js.
 * @returns Its class.
 */
export function classOf(metadata: Metadata): MetadataClass {
  return metadata.constructor as typeof Metadata;
}

/**
 * Metadata to send.
 *
 * @param metadata Made by grpc-js, which has checked it.
 * @returns Names and values, binary ones in base64.
 */
export function toEntries(metadata: Metadata): MetadataEntries {
  return Object.entries(metadata.toHttp2Headers()).flatMap(([name, value]) =>
    [value].flat().map((one) => [name, String(one)] as const)
  );
}

/**
 * Metadata that came.
 *
 * @param metadataClass Makes the result.
 * @param fields A header or trailer section.
 * @returns What is in it beside pseudo-header fields.
 */
export function toMetadata(metadataClass: MetadataClass, fields: HeaderList): Metadata {
  const headers: Record<string, string[]> = {};
  for (const { name, value } of fields) {
    if (!NOT_METADATA.has(name)) (headers[name] ??= []).push(value);
  }
  return metadataClass.fromHttp2Headers(headers);
}

/**
 * The metadata of a status, with what the transport knows of a failed call in trailers of our own.
 *
 * @param metadataClass Makes the result.
 * @param status How the call ended.
 * @returns Its trailers.
 */
export function toStatusMetadata(metadataClass: MetadataClass, status: GrpcStatus): Metadata {
  const metadata = toMetadata(metadataClass, status.trailers);
  if (status.code === 0) return metadata;
  metadata.set(SENT_TRAILER, status.sent);
  metadata.set(CONNECTION_LOST_TRAILER, String(status.connectionLost));
  return metadata;
}
