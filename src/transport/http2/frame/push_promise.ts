/**
 * PUSH_PROMISE, RFC 9113 §6.6: never wanted.
 *
 * @module
 */

import { ConnectionError, ErrorCode } from "../errors.ts";

/**
 * Refuses a pushed stream: SETTINGS_ENABLE_PUSH is 0 from our first byte on, so that no server may send one
 * (§8.4).
 *
 * @throws {ConnectionError} Always (PROTOCOL_ERROR).
 */
export function refusePushPromise(): never {
  throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, "PUSH_PROMISE although push is disabled");
}
