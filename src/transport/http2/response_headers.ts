/**
 * Which header and trailer sections a response may have, RFC 9113 §8.1 to §8.3.
 *
 * @module
 */

import { ErrorCode, StreamError } from "./errors.ts";
import type { HeaderField, HeaderList } from "./hpack/header_field.ts";

/** What HTTP/2 itself needs of a header section. */
export interface ResponseHead {
  /** `:status`, 100 to 999. */
  readonly status: number;
  /** `content-length`, or -1 without one. */
  readonly contentLength: number;
}

/** Fields that belong to one HTTP/1.1 connection, RFC 9113 §8.2.2. */
const CONNECTION_SPECIFIC = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "upgrade",
]);

/** Names of fields: visible ASCII but capitals and colon, RFC 9113 §8.2.1. */
const NAME = /^[\x21-\x39\x3b-\x40\x5b-\x7e]+$/;

/**
 * What no value holds, RFC 9113 §8.2.1. White space at its ends, forbidden there as well, is let through:
 * gRPC servers send status messages as they are but for percent-encoding, which keeps spaces.
 */
const FORBIDDEN_IN_VALUE = /[\0\r\n]/;

/** Checks sections; remembers the last good ones, since answers repeat and are then the same objects. */
export class ResponseHeaders {
  #lastList: HeaderList | null = null;
  #lastHead: ResponseHead = { status: 0, contentLength: -1 };
  #lastTrailers: HeaderList | null = null;

  /**
   * Checks a header section.
   *
   * @param list The section.
   * @returns What it says to HTTP/2.
   * @throws {StreamError} If it is malformed (§8.1.1: PROTOCOL_ERROR).
   */
  checkHead(list: HeaderList): ResponseHead {
    if (list === this.#lastList) return this.#lastHead;
    const [first] = list;
    if (first === undefined || first.name !== ":status" || !/^[1-9]\d\d$/.test(first.value)) {
      throw malformed("header section does not start with a :status");
    }
    let contentLength = -1;
    for (let i = 1; i < list.length; i++) {
      checkField(list[i]);
      if (list[i].name !== "content-length") continue;
      const length = parseContentLength(list[i].value);
      if (contentLength >= 0 && contentLength !== length) throw malformed("two content-lengths");
      contentLength = length;
    }
    this.#lastHead = { status: Number(first.value), contentLength };
    this.#lastList = list;
    return this.#lastHead;
  }

  /**
   * Checks a trailer section.
   *
   * @param list The section.
   * @throws {StreamError} If it is malformed (PROTOCOL_ERROR).
   */
  checkTrailers(list: HeaderList): void {
    if (list === this.#lastTrailers) return;
    for (const field of list) checkField(field);
    this.#lastTrailers = list;
  }
}

/** Pseudo-header fields fail here too: the only one of a response is first and was looked at. */
function checkField({ name, value }: HeaderField): void {
  if (!NAME.test(name)) throw malformed("forbidden field name");
  if (CONNECTION_SPECIFIC.has(name)) throw malformed(`field ${name}`);
  if (FORBIDDEN_IN_VALUE.test(value)) throw malformed(`forbidden character in the value of ${name}`);
}

function parseContentLength(value: string): number {
  if (!/^\d{1,15}$/.test(value)) throw malformed("content-length is not a number");
  return Number(value);
}

function malformed(what: string): StreamError {
  return new StreamError(ErrorCode.PROTOCOL_ERROR, `malformed response: ${what}`);
}
