/**
 * What the header and trailer sections of a gRPC response say
 * (https://github.com/grpc/grpc/blob/master/doc/PROTOCOL-HTTP2.md, Responses).
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import { percentDecode } from "./percent.ts";
import { type GrpcStatus, localStatus, statusOfHttp } from "./status.ts";

/** Reads sections; remembers the last good ones, since answers repeat and are then the same objects. */
export class ResponseReader {
  #lastHeaders: HeaderList | null = null;
  #lastTrailers: HeaderList | null = null;
  #lastStatus: GrpcStatus | null = null;

  /**
   * Reads a header section that content follows.
   *
   * @param headers The section.
   * @returns Why it is not the beginning of a gRPC response, or null if it is.
   */
  readHeaders(headers: HeaderList): GrpcStatus | null {
    if (headers === this.#lastHeaders) return null;
    const httpStatus = valueOf(headers, ":status")!;
    if (httpStatus !== "200") return statusOfHttp(httpStatus, headers);
    const contentType = valueOf(headers, "content-type");
    if (contentType === undefined) return withoutStatus(headers);
    if (!/^application\/grpc([+;]|$)/.test(contentType)) {
      const details = `answered with content-type ${contentType} instead of gRPC`;
      return localStatus(Status.UNKNOWN, details, { trailers: headers });
    }
    this.#lastHeaders = headers;
    return null;
  }

  /**
   * Reads the section that a response ends with.
   *
   * @param trailers The trailer section, or the header section of a response that has nothing else.
   * @returns The status.
   */
  readTrailers(trailers: HeaderList): GrpcStatus {
    if (trailers === this.#lastTrailers) return this.#lastStatus!;
    this.#lastStatus = toStatus(trailers);
    this.#lastTrailers = trailers;
    return this.#lastStatus;
  }
}

function toStatus(trailers: HeaderList): GrpcStatus {
  const text = valueOf(trailers, "grpc-status");
  if (text === undefined) {
    const httpStatus = valueOf(trailers, ":status") ?? "200";
    return httpStatus === "200" ? withoutStatus(trailers) : statusOfHttp(httpStatus, trailers);
  }
  if (!/^\d{1,9}$/.test(text)) return localStatus(Status.UNKNOWN, `grpc-status is "${text}"`, { trailers });
  const details = percentDecode(valueOf(trailers, "grpc-message") ?? "");
  return localStatus(Number(text), details, { trailers });
}

/** etcd with TLS ends its streams like this when it is told to stop. */
function withoutStatus(trailers: HeaderList): GrpcStatus {
  const details = "the response ended without a gRPC status";
  return localStatus(Status.INTERNAL, details, { trailers, connectionLost: true });
}

/**
 * Finds a field.
 *
 * @param list Where.
 * @param name In lower case.
 * @returns The value of the first such field.
 */
export function valueOf(list: HeaderList, name: string): string | undefined {
  return list.find((field) => field.name === name)?.value;
}
