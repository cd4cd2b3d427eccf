/**
 * How a call ends, and what an end without a gRPC status means
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, doc/http-grpc-status-mapping.md).
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { ErrorCode } from "../http2/errors.ts";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import type { StreamReset } from "../http2/stream.ts";

/** How a call ended. */
export interface GrpcStatus {
  /** gRPC status number. */
  readonly code: number;
  /** What the server, or the transport, said. */
  readonly details: string;
  /** The trailer section; empty where there was none. */
  readonly trailers: HeaderList;
  /** `"no"` if the request was certainly not processed. */
  readonly sent: "no" | "maybe";
  /** Whether the connection, or the server behind it, ended before a status came. */
  readonly connectionLost: boolean;
}

/** A call that did not end with OK. */
export class GrpcError extends Error {
  /** What the class is called, whatever a minifier made of its name. */
  override readonly name = "GrpcError";
  /** How the call ended. */
  readonly status: GrpcStatus;

  /**
   * Makes an error.
   *
   * @param status How the call ended.
   */
  constructor(status: GrpcStatus) {
    super(status.details);
    this.status = status;
  }
}

/**
 * A status that the transport itself gives.
 *
 * @param code gRPC status number.
 * @param details What happened.
 * @param rest Defaults: no trailers, maybe sent, connection not lost.
 * @returns The status.
 */
export function localStatus(code: number, details: string, rest: Partial<GrpcStatus> = {}): GrpcStatus {
  return { code, details, trailers: [], sent: "maybe", connectionLost: false, ...rest };
}

/** RST_STREAM codes that do not mean INTERNAL. */
const BY_ERROR_CODE: Readonly<Record<number, number>> = {
  [ErrorCode.REFUSED_STREAM]: Status.UNAVAILABLE,
  [ErrorCode.CANCEL]: Status.CANCELLED,
  [ErrorCode.ENHANCE_YOUR_CALM]: Status.RESOURCE_EXHAUSTED,
  [ErrorCode.INADEQUATE_SECURITY]: Status.PERMISSION_DENIED,
};

/**
 * The status of a call whose stream ended without a whole response.
 *
 * @param reset Why it ended.
 * @returns UNAVAILABLE when the connection is to blame, otherwise what the code maps to.
 */
export function statusOfReset(reset: StreamReset): GrpcStatus {
  const lost = reset.by === "connection";
  const code = lost ? Status.UNAVAILABLE : BY_ERROR_CODE[reset.code] ?? Status.INTERNAL;
  const sent = reset.executed === "no" ? "no" : "maybe";
  return localStatus(code, reset.message, { sent, connectionLost: lost });
}

/** HTTP statuses that do not mean UNKNOWN. */
const BY_HTTP_STATUS: Readonly<Record<string, number>> = {
  "400": Status.INTERNAL,
  "401": Status.UNAUTHENTICATED,
  "403": Status.PERMISSION_DENIED,
  "404": Status.UNIMPLEMENTED,
  "429": Status.UNAVAILABLE,
  "502": Status.UNAVAILABLE,
  "503": Status.UNAVAILABLE,
  "504": Status.UNAVAILABLE,
};

/**
 * The status of a call that was answered by something else than a gRPC server.
 *
 * @param status The HTTP status.
 * @param headers The response's.
 * @returns What it maps to.
 */
export function statusOfHttp(status: string, headers: HeaderList): GrpcStatus {
  const code = BY_HTTP_STATUS[status] ?? Status.UNKNOWN;
  return localStatus(code, `answered with HTTP status ${status} instead of gRPC`, { trailers: headers });
}
