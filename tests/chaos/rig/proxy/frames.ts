/**
 * HTTP/2 frames out of a byte stream (RFC 9113 section 4.1), for a proxy that looks at them.
 *
 * @module
 */

/** Bytes of length, type, flags and stream id. */
const HEADER = 9;
/** A flag of PING and SETTINGS. */
export const ACK = 1;
export const DATA = 0;
export const HEADERS = 1;
export const PING = 6;
const GOAWAY = 7;
export const WINDOW_UPDATE = 8;

/** One frame with its header. */
export interface Frame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly bytes: Uint8Array;
}

/** Cuts a byte stream into frames. */
export class FrameSplitter {
  #rest: Uint8Array = new Uint8Array();
  #preface: number;

  /** @param preface Bytes before the first frame, which come as a frame of type -1. */
  constructor(preface: number) {
    this.#preface = preface;
  }

  /** The frames that are whole now. */
  *push(bytes: Uint8Array): Generator<Frame> {
    this.#rest = concat(this.#rest, bytes);
    if (this.#preface > 0) {
      if (this.#rest.length < this.#preface) return;
      yield { type: -1, flags: 0, streamId: 0, bytes: this.#take(this.#preface) };
      this.#preface = 0;
    }
    while (this.#rest.length >= HEADER) {
      const view = new DataView(this.#rest.buffer, this.#rest.byteOffset);
      const length = HEADER + (view.getUint32(0) >>> 8);
      if (this.#rest.length < length) return;
      const [type, flags, streamId] = [view.getUint8(3), view.getUint8(4), view.getUint32(5) & 0x7fffffff];
      yield { type, flags, streamId, bytes: this.#take(length) };
    }
  }

  #take(length: number): Uint8Array {
    const taken = this.#rest.subarray(0, length);
    this.#rest = this.#rest.subarray(length);
    return taken;
  }
}

/** A GOAWAY frame without error (RFC 9113 section 6.8). */
export function goAway(lastStreamId: number): Uint8Array {
  const frame = new Uint8Array(HEADER + 8);
  const view = new DataView(frame.buffer);
  view.setUint32(0, 8 << 8 | GOAWAY);
  view.setUint32(HEADER, lastStreamId);
  return frame;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const joined = new Uint8Array(a.length + b.length);
  joined.set(a);
  joined.set(b, a.length);
  return joined;
}
