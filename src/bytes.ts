/**
 * Small operations on byte strings, compared as etcd compares keys: as unsigned bytes, shorter first.
 *
 * @module
 */

const encoder = new TextEncoder();
const lenientDecoder = new TextDecoder("utf-8", { ignoreBOM: true });
const strictDecoder = new TextDecoder("utf-8", { ignoreBOM: true, fatal: true });

/** UTF-8 of a text that is known to be well formed. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of bytes, with replacement characters for what is not UTF-8. */
export function showText(bytes: Uint8Array): string {
  return lenientDecoder.decode(bytes);
}

/**
 * Text of bytes.
 *
 * @throws {TypeError} If they are not UTF-8.
 */
export function decodeText(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes);
}

/** One byte string from several. */
export function concat(...parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Negative when `a` sorts before `b`, 0 when they are equal. */
export function compareBytes(a: Uint8Array, b: Uint8Array): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
