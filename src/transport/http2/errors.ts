/**
 * The error codes of HTTP/2 and the two sizes an error comes in: a stream's and a connection's.
 *
 * @module
 */

/** Error codes, RFC 9113 §7. */
export const ErrorCode = {
  NO_ERROR: 0x0,
  PROTOCOL_ERROR: 0x1,
  INTERNAL_ERROR: 0x2,
  FLOW_CONTROL_ERROR: 0x3,
  SETTINGS_TIMEOUT: 0x4,
  STREAM_CLOSED: 0x5,
  FRAME_SIZE_ERROR: 0x6,
  REFUSED_STREAM: 0x7,
  CANCEL: 0x8,
  COMPRESSION_ERROR: 0x9,
  CONNECT_ERROR: 0xa,
  ENHANCE_YOUR_CALM: 0xb,
  INADEQUATE_SECURITY: 0xc,
  HTTP_1_1_REQUIRED: 0xd,
} as const;

const NAMES: readonly string[] = Object.keys(ErrorCode);

/**
 * The name of an error code.
 *
 * @param code As it came over the wire; unknown codes are legal (RFC 9113 §7).
 * @returns Such as `"CANCEL"`, or the number in hex.
 */
export function errorCodeName(code: number): string {
  return NAMES[code] ?? `0x${code.toString(16)}`;
}

/** Ends the whole connection with GOAWAY, RFC 9113 §5.4.1. */
export class ConnectionError extends Error {
  /** What the class is called, whatever a minifier made of its name. */
  override readonly name = "ConnectionError";
  /** What goes into the GOAWAY frame. */
  readonly code: number;

  /**
   * Makes an error.
   *
   * @param code One of {@linkcode ErrorCode}.
   * @param message What was found.
   */
  constructor(code: number, message: string) {
    super(`${message} (${errorCodeName(code)})`);
    this.code = code;
  }
}

/** Ends one stream with RST_STREAM, RFC 9113 §5.4.2. */
export class StreamError extends Error {
  /** What the class is called, whatever a minifier made of its name. */
  override readonly name = "StreamError";
  /** What goes into the RST_STREAM frame. */
  readonly code: number;

  /**
   * Makes an error.
   *
   * @param code One of {@linkcode ErrorCode}.
   * @param message What was found.
   */
  constructor(code: number, message: string) {
    super(`${message} (${errorCodeName(code)})`);
    this.code = code;
  }
}

/** The connection ended without an HTTP/2 error: closed or cut by the peer, by the network, or by us. */
export class ConnectionLost extends Error {
  /** What the class is called, whatever a minifier made of its name. */
  override readonly name = "ConnectionLost";
}
