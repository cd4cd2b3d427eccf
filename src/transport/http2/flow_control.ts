/**
 * Flow-control windows, RFC 9113 §5.2 and §6.9, of a connection or of one stream.
 *
 * Sending: the peer grants bytes by WINDOW_UPDATE, and by changing SETTINGS_INITIAL_WINDOW_SIZE it changes all
 * stream windows at once: of 65,535 granted 65,000 may be sent when the setting becomes 16,384; the window is then
 * 535 - 49,151 = -48,616 and nothing may be sent until updates have made it positive again (§6.9.2).
 *
 * Receiving: the connection's window is given back as bytes arrive, so that no paused stream holds back others.
 * A stream's window is given back as its reader consumes, so that what lies unread is bounded by the window.
 *
 * @module
 */

/** Largest window, RFC 9113 §6.9.1. */
export const MAX_WINDOW_SIZE = 0x7fffffff;

/** Window of a connection until it is updated, RFC 9113 §6.9.2. */
export const DEFAULT_WINDOW_SIZE = 65_535;

/** What may be sent. */
export class SendWindow {
  /** Bytes that may be sent now; may be negative. */
  available: number;

  /**
   * Makes a window.
   *
   * @param size Bytes granted at first.
   */
  constructor(size: number) {
    this.available = size;
  }

  /**
   * Changes the window.
   *
   * @param increment Bytes; negative when SETTINGS_INITIAL_WINDOW_SIZE became smaller.
   * @returns False if the window became too large, which is a FLOW_CONTROL_ERROR.
   */
  adjust(increment: number): boolean {
    this.available += increment;
    return this.available <= MAX_WINDOW_SIZE;
  }
}

/** What the peer may send. */
export class ReceiveWindow {
  /** Bytes that the peer may still send. */
  available: number;
  #size: number;
  /** Bytes consumed and not yet granted again. */
  #owed = 0;

  /**
   * Makes a window.
   *
   * @param available Bytes granted at first.
   * @param size Bytes to keep granted; when larger than `available`, the first update makes up for it.
   */
  constructor(available: number, size: number = available) {
    this.available = available;
    this.#size = size;
    this.#owed = size - available;
  }

  /**
   * Takes note of bytes that came.
   *
   * @param count Bytes of the whole DATA payload.
   * @returns False if that is more than was granted, which is a FLOW_CONTROL_ERROR.
   */
  receive(count: number): boolean {
    this.available -= count;
    return this.available >= 0;
  }

  /**
   * Takes note of bytes that need no memory any more.
   *
   * @param count Bytes.
   * @returns The increment to send in a WINDOW_UPDATE, or 0 while that can wait: updates go out for half a
   * window at a time, so that the peer never comes to a halt and few frames are needed.
   */
  consume(count: number): number {
    this.#owed += count;
    if (this.#owed * 2 < this.#size) return 0;
    const increment = this.#owed;
    this.available += increment;
    this.#owed = 0;
    return increment;
  }

  /**
   * Makes the window larger; the next update tells the peer.
   *
   * @param size Bytes to keep granted, not less than before.
   */
  grow(size: number): void {
    this.#owed += size - this.#size;
    this.#size = size;
  }

  /** Bytes kept granted. */
  get size(): number {
    return this.#size;
  }
}
