/**
 * The dialers that this runtime has, and helpers for what they return.
 * @module
 */

import type { Dialer, Socket } from "../../src/socket.ts";
import { denoDialer } from "../../src/transport/net/deno.ts";
import { nodeDialer } from "../../src/transport/net/node.ts";

/** Each with its name. */
export const DIALERS: readonly (readonly [name: string, dialer: Dialer])[] = "Deno" in globalThis
  ? [["denoDialer", denoDialer], ["nodeDialer", nodeDialer]]
  : [["nodeDialer", nodeDialer]];

/** A signal that never aborts. */
export const NEVER: AbortSignal = new AbortController().signal;

/** A socket that is closed at the end of its scope. */
export function closing(socket: Socket): Socket & Disposable {
  return Object.assign(socket, { [Symbol.dispose]: () => socket.close() });
}

/** Reads exactly so many bytes. */
export async function readFull(socket: Socket, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  for (let at = 0; at < length;) {
    const read = await socket.read(bytes.subarray(at));
    if (read === null) throw new Error(`Cannot read ${length} bytes: the stream ended after ${at}`);
    at += read;
  }
  return bytes;
}

/** What a promise rejects with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("Cannot await a rejection: the promise was fulfilled");
}

/** Bytes that differ from their neighbours, and between seeds. */
export function pattern(length: number, seed = 0): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => (index * 31 + (index >> 8) * 7 + seed) & 0xff);
}
