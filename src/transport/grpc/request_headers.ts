/**
 * The header section of a gRPC request, prepared once for many calls.
 *
 * @module
 */

import { HeaderBlock } from "../http2/hpack/header_block.ts";
import type { HeaderField, Indexing } from "../http2/hpack/header_field.ts";
import { encodeTimeout } from "./timeout.ts";

/** Metadata of a call: names in lower case and values, binary ones (`…-bin`) in base64 already. */
export type MetadataEntries = readonly (readonly [name: string, value: string])[];

/** What all requests of a connection have in common. */
export interface RequestTarget {
  readonly scheme: "http" | "https";
  /** Host and port, as in a URL. */
  readonly authority: string;
  readonly userAgent: string;
}

/** Names and values that gRPC allows (gRPC over HTTP2, Custom-Metadata). */
const NAME = /^[0-9a-z_.-]+$/;
const VALUE = /^[\x20-\x7e]*$/;

interface Prepared {
  readonly metadata: MetadataEntries;
  readonly timeout: number;
  readonly block: HeaderBlock;
  reused: boolean;
}

/**
 * Makes header blocks. A token is compressed like any other field: it is the only principal's on its connection,
 * so that nobody can probe for it (RFC 7541 §7.1), and a JWT as a literal would be most of the request.
 */
export class RequestHeaders {
  readonly #common: readonly HeaderField[];
  readonly #rest: readonly HeaderField[];
  readonly #prepared = new Map<string, Prepared>();

  /**
   * Prepares what is in all requests.
   *
   * @param target Of the connection.
   */
  constructor({ scheme, authority, userAgent }: RequestTarget) {
    this.#common = fields([[":method", "POST"], [":scheme", scheme], [":authority", authority]]);
    this.#rest = fields([
      ["te", "trailers"],
      ["content-type", "application/grpc"],
      ["user-agent", userAgent],
    ]);
  }

  /**
   * The header section of a call; the same object as before for the same call as before.
   *
   * @param path Such as `/package.Service/Method`.
   * @param metadata Of the call.
   * @param timeout Milliseconds; 0 for none.
   * @returns The block.
   * @throws {TypeError} If gRPC does not allow the metadata.
   */
  prepare(path: string, metadata: MetadataEntries, timeout: number): HeaderBlock {
    const prepared = this.#prepared.get(path);
    const known = prepared !== undefined && prepared.timeout === timeout &&
      sameEntries(prepared.metadata, metadata);
    if (known && prepared.reused) return prepared.block;
    // What is left of a timeout after a retry comes but once; only what repeats is worth a place in the table.
    const block = this.#build(path, metadata, timeout, known);
    this.#prepared.set(path, { metadata, timeout, block, reused: known });
    return block;
  }

  #build(path: string, metadata: MetadataEntries, timeout: number, repeats: boolean): HeaderBlock {
    for (const [name, value] of metadata) assertLegal(name, value);
    const indexing: Indexing = repeats ? "incremental" : "without";
    const timeoutFields: HeaderField[] = timeout === 0
      ? []
      : [{ name: "grpc-timeout", value: encodeTimeout(timeout), indexing }];
    return new HeaderBlock([
      ...this.#common,
      { name: ":path", value: path },
      ...this.#rest,
      // A timeout may be among the metadata of who speaks nice-grpc.
      ...fields(metadata).map((field) => field.name === "grpc-timeout" ? { ...field, indexing } : field),
      ...timeoutFields,
    ]);
  }
}

function fields(entries: MetadataEntries): HeaderField[] {
  return entries.map(([name, value]) => ({ name, value }));
}

function sameEntries(a: MetadataEntries, b: MetadataEntries): boolean {
  if (a === b) return true;
  return a.length === b.length && a.every(([name, value], i) => name === b[i][0] && value === b[i][1]);
}

/** The value is not shown: it may be a token. */
function assertLegal(name: string, value: string): void {
  if (!NAME.test(name)) throw new TypeError(`Cannot send metadata "${name}": illegal name`);
  if (!VALUE.test(value)) {
    throw new TypeError(`Cannot send metadata "${name}": illegal character in its value`);
  }
}
