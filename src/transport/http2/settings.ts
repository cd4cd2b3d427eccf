/**
 * What the peer's settings are and mean, RFC 9113 §6.5.2, and what we announce of our own.
 *
 * @module
 */

import { ConnectionError, ErrorCode } from "./errors.ts";
import { MAX_WINDOW_SIZE } from "./flow_control.ts";
import { Setting } from "./frame/settings.ts";
import { HPACK_TABLE_SIZE, MAX_HEADER_LIST_SIZE } from "./limits.ts";

/** Largest SETTINGS_MAX_FRAME_SIZE, RFC 9113 §6.5.2. */
const LARGEST_FRAME_SIZE = 0xffffff;

/** The peer's settings, with the protocol's defaults until it says otherwise. */
export class PeerSettings {
  /** Bytes of its HPACK decoding table. */
  headerTableSize = HPACK_TABLE_SIZE;
  /** Streams we may have open; unsigned, etcd sends 2^32-1. */
  maxConcurrentStreams = Infinity;
  /** Bytes that each new stream may send. */
  initialWindowSize = 65_535;
  /** Bytes of the largest payload it takes. */
  maxFrameSize = 16_384;
  /** Bytes of the largest header list it takes. */
  maxHeaderListSize = Infinity;

  /**
   * Takes over one setting; unknown ones are ignored.
   *
   * @param identifier One of {@linkcode Setting}, or another.
   * @param value Unsigned.
   * @throws {ConnectionError} If the value is not allowed.
   */
  apply(identifier: number, value: number): void {
    switch (identifier) {
      case Setting.HEADER_TABLE_SIZE:
        this.headerTableSize = value;
        break;
      case Setting.ENABLE_PUSH:
        // A server must not send 1, and values above are invalid for everybody.
        if (value !== 0) throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `SETTINGS_ENABLE_PUSH ${value}`);
        break;
      case Setting.MAX_CONCURRENT_STREAMS:
        this.maxConcurrentStreams = value;
        break;
      case Setting.INITIAL_WINDOW_SIZE:
        if (value > MAX_WINDOW_SIZE) {
          throw new ConnectionError(ErrorCode.FLOW_CONTROL_ERROR, `SETTINGS_INITIAL_WINDOW_SIZE ${value}`);
        }
        this.initialWindowSize = value;
        break;
      case Setting.MAX_FRAME_SIZE:
        if (value < 16_384 || value > LARGEST_FRAME_SIZE) {
          throw new ConnectionError(ErrorCode.PROTOCOL_ERROR, `SETTINGS_MAX_FRAME_SIZE ${value}`);
        }
        this.maxFrameSize = value;
        break;
      case Setting.MAX_HEADER_LIST_SIZE:
        this.maxHeaderListSize = value;
        break;
    }
  }
}

/**
 * Our own settings, sent once at the start and never changed.
 *
 * @param initialWindowSize Bytes that the peer may send on each new stream.
 * @returns Identifiers and values.
 */
export function ownSettings(initialWindowSize: number): readonly (readonly [number, number])[] {
  return [
    [Setting.ENABLE_PUSH, 0],
    [Setting.INITIAL_WINDOW_SIZE, initialWindowSize],
    [Setting.MAX_HEADER_LIST_SIZE, MAX_HEADER_LIST_SIZE],
  ];
}
