/**
 * Counts what a hostile peer can send for nothing, and stops it.
 *
 * @module
 */

import { ConnectionError, ErrorCode } from "./errors.ts";
import {
  BYTES_PER_FRAME,
  CONTROL_FRAME_PERIOD,
  CONTROL_FRAMES_PER_PROGRESS,
  EMPTY_FRAMES_PER_RESPONSE,
  MAX_BAD_FRAMES,
  MAX_CONTROL_FRAMES,
  MAX_EMPTY_DATA_FRAMES,
  MAX_QUEUED_ACKS,
  MAX_SMALL_DATA_FRAMES,
  MIN_DATA,
} from "./limits.ts";

/** One connection's counters. Every method throws a {@linkcode ConnectionError} ENHANCE_YOUR_CALM at its limit. */
export class FloodGuard {
  #acks = 0;
  #badFrames = 0;
  #emptyData = 0;
  /** Bytes of content that are missing to pay for the DATA frames that came. */
  #unpaidData = 0;
  #controlFrames = 0;
  #controlSince = performance.now();

  /** A stream moved on, in whichever direction. */
  progress(): void {
    this.#controlFrames = Math.max(0, this.#controlFrames - CONTROL_FRAMES_PER_PROGRESS);
  }

  /**
   * A frame came that moves no stream.
   *
   * @param bytes Bytes of it that had to be read.
   */
  controlFrame(bytes = 0): void {
    this.#controlFrames += frameWeight(bytes);
    if (this.#controlFrames <= MAX_CONTROL_FRAMES) return;
    const now = performance.now();
    if (now - this.#controlSince < CONTROL_FRAME_PERIOD) throw calm("control frames");
    this.#controlSince = now;
    this.#controlFrames = 0;
  }

  /** An acknowledgement was queued. */
  ack(): void {
    if (++this.#acks > MAX_QUEUED_ACKS) throw calm("unread acknowledgements");
  }

  /** The queue was written. */
  acksWritten(): void {
    this.#acks = 0;
  }

  /**
   * A DATA frame came that does not end its stream.
   *
   * @param content Bytes of it without padding.
   */
  data(content: number): void {
    if (content > 0) this.#emptyData = 0;
    else if (++this.#emptyData > MAX_EMPTY_DATA_FRAMES) throw calm("empty DATA frames");
    this.#unpaidData = Math.max(0, this.#unpaidData + MIN_DATA - content);
    if (this.#unpaidData > MAX_SMALL_DATA_FRAMES * MIN_DATA) throw calm("small DATA frames");
  }

  /**
   * A response ended in good order, which there are no more of than requests: what it may have had too little of is
   * forgiven, lest servers whose answers are empty run up a debt.
   */
  responseEnded(): void {
    this.#emptyData = 0;
    this.#unpaidData = Math.max(0, this.#unpaidData - EMPTY_FRAMES_PER_RESPONSE * MIN_DATA);
  }

  /**
   * A frame came on a stream that was reset, beyond what can have been on its way.
   *
   * @param bytes Bytes of its header block.
   */
  badFrame(bytes = 0): void {
    this.#badFrames += frameWeight(bytes);
    if (this.#badFrames > MAX_BAD_FRAMES) throw calm("frames on reset streams");
  }
}

/**
 * As how many frames something counts.
 *
 * @param bytes Those of it that had to be read.
 */
export function frameWeight(bytes: number): number {
  return 1 + Math.floor(bytes / BYTES_PER_FRAME);
}

function calm(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.ENHANCE_YOUR_CALM, `too many ${what}`);
}
