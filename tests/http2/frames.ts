/**
 * Frames as a server writes them, good and bad, RFC 9113 §4.1 and §6. Nothing of the code under test is used here.
 *
 * @module
 */

import { ascii, concat, uint32 } from "./bytes.ts";

export const DATA = 0;
export const HEADERS = 1;
export const PRIORITY = 2;
export const RST_STREAM = 3;
export const SETTINGS = 4;
export const PUSH_PROMISE = 5;
export const PING = 6;
export const GOAWAY = 7;
export const WINDOW_UPDATE = 8;
export const CONTINUATION = 9;

export const ACK = 1;
export const END_STREAM = 1;
export const END_HEADERS = 4;
export const PADDED = 8;
export const PRIORITY_FLAG = 32;

/** Any frame. */
export function frame(
  type: number,
  flags: number,
  streamId: number,
  payload: Uint8Array = new Uint8Array(),
): Uint8Array {
  const { length } = payload;
  return concat(Uint8Array.of(length >>> 16, length >>> 8, length, type, flags), uint32(streamId), payload);
}

export function settings(...entries: readonly (readonly [number, number])[]): Uint8Array {
  const payload = entries.map(([id, value]) => concat(Uint8Array.of(id >>> 8, id), uint32(value)));
  return frame(SETTINGS, 0, 0, concat(...payload));
}

export const settingsAck: Uint8Array = frame(SETTINGS, ACK, 0);

/** A header block of literals without indexing, RFC 7541 §6.2.2, neither name nor value in Huffman code. */
export function block(fields: Readonly<Record<string, string>>): Uint8Array {
  return concat(
    ...Object.entries(fields).flatMap(([name, value]) => [
      Uint8Array.of(0),
      literal(name),
      literal(value),
    ]),
  );
}

/** A string of RFC 7541 §5.2. */
export function literal(text: string): Uint8Array {
  const { length } = text;
  if (length < 127) return concat(Uint8Array.of(length), ascii(text));
  const rest: number[] = [];
  let left = length - 127;
  for (; left >= 128; left >>>= 7) rest.push((left & 127) | 128);
  return concat(Uint8Array.of(127, ...rest, left), ascii(text));
}

export function headers(
  streamId: number,
  fields: Readonly<Record<string, string>>,
  flags = END_HEADERS,
): Uint8Array {
  return frame(HEADERS, flags, streamId, block(fields));
}

export const OK_HEADERS = { ":status": "200", "content-type": "application/grpc" };

/** The header section of a good response. */
export function ok(streamId: number): Uint8Array {
  return headers(streamId, OK_HEADERS);
}

/** The trailer section of a good gRPC response. */
export function trailers(
  streamId: number,
  fields: Readonly<Record<string, string>> = { "grpc-status": "0" },
) {
  return headers(streamId, fields, END_HEADERS | END_STREAM);
}

export function data(streamId: number, payload: Uint8Array, flags = 0): Uint8Array {
  return frame(DATA, flags, streamId, payload);
}

export function rstStream(streamId: number, code: number): Uint8Array {
  return frame(RST_STREAM, 0, streamId, uint32(code));
}

export function windowUpdate(streamId: number, increment: number): Uint8Array {
  return frame(WINDOW_UPDATE, 0, streamId, uint32(increment));
}

export function goAway(lastStreamId: number, code: number, debug = ""): Uint8Array {
  return frame(GOAWAY, 0, 0, concat(uint32(lastStreamId), uint32(code), ascii(debug)));
}

export function ping(flags = 0, payload: Uint8Array = ascii("12345678")): Uint8Array {
  return frame(PING, flags, 0, payload);
}
