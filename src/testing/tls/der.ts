/**
 * Distinguished Encoding Rules (X.690): just what a certificate needs.
 *
 * @module
 */

/** Bytes, as WebCrypto takes and gives them. */
export type Bytes = Uint8Array<ArrayBuffer>;

/** Universal tags (X.680, 8.6); a set or sequence is constructed, hence 0x20. */
const Tag = {
  BOOLEAN: 0x01,
  INTEGER: 0x02,
  BIT_STRING: 0x03,
  OCTET_STRING: 0x04,
  OBJECT_IDENTIFIER: 0x06,
  UTF8_STRING: 0x0c,
  UTC_TIME: 0x17,
  GENERALIZED_TIME: 0x18,
  SEQUENCE: 0x30,
  SET: 0x31,
} as const;

/** Joins pieces. */
export function concat(...parts: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** A value with its tag and length. */
export function tagged(tag: number, ...content: readonly Uint8Array[]): Bytes {
  const value = concat(...content);
  return concat(Uint8Array.of(tag, ...lengthBytes(value.length)), value);
}

/** Below 128 the length itself, else the number of bytes of the length, then these (X.690, 8.1.3). */
function lengthBytes(length: number): number[] {
  if (length < 0x80) return [length];
  const bytes = base256(length);
  return [0x80 | bytes.length, ...bytes];
}

function base256(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; rest > 0; rest = Math.floor(rest / 256)) bytes.unshift(rest % 256);
  return bytes;
}

/** A context-specific tag round whole values. */
export function explicit(number: number, ...content: readonly Uint8Array[]): Bytes {
  return tagged(0xa0 | number, ...content);
}

/** A context-specific tag in the place of a primitive value's own. */
export function implicit(number: number, content: Uint8Array): Bytes {
  return tagged(0x80 | number, content);
}

/** An ordered list. */
export function sequence(...items: readonly Uint8Array[]): Bytes {
  return tagged(Tag.SEQUENCE, ...items);
}

/** A set; whoever gives more than one item orders them. */
export function set(...items: readonly Uint8Array[]): Bytes {
  return tagged(Tag.SET, ...items);
}

/** True; false is the default wherever a certificate has a boolean, and then left out. */
export function booleanTrue(): Bytes {
  return tagged(Tag.BOOLEAN, Uint8Array.of(0xff));
}

/** A number of at least 0, given big-endian: in the fewest bytes, the first bit clear as it is the sign. */
export function unsigned(bigEndian: Uint8Array): Bytes {
  const first = bigEndian.findIndex((byte) => byte !== 0);
  if (first < 0) return tagged(Tag.INTEGER, Uint8Array.of(0));
  const sign = bigEndian[first] >= 0x80 ? Uint8Array.of(0) : new Uint8Array();
  return tagged(Tag.INTEGER, sign, bigEndian.subarray(first));
}

/** Whole bytes as a bit string. */
export function bitString(bytes: Uint8Array, unusedBits = 0): Bytes {
  return tagged(Tag.BIT_STRING, Uint8Array.of(unusedBits), bytes);
}

/** Bytes. */
export function octetString(...bytes: readonly Uint8Array[]): Bytes {
  return tagged(Tag.OCTET_STRING, ...bytes);
}

/** Text. */
export function utf8String(text: string): Bytes {
  return tagged(Tag.UTF8_STRING, new TextEncoder().encode(text));
}

/** A name such as `"2.5.4.3"` (X.690, 8.19). */
export function objectIdentifier(dotted: string): Bytes {
  const [first, second, ...rest] = dotted.split(".").map(Number);
  return tagged(Tag.OBJECT_IDENTIFIER, Uint8Array.from([first * 40 + second, ...rest].flatMap(base128)));
}

function base128(value: number): number[] {
  const bytes = [value & 0x7f];
  for (let rest = value >>> 7; rest > 0; rest >>>= 7) bytes.unshift((rest & 0x7f) | 0x80);
  return bytes;
}

/** A point in time, to the second; until 2049 with a year of two digits (RFC 5280, 4.1.2.5). */
export function time(date: Date): Bytes {
  const digits = new TextEncoder().encode(`${date.toISOString().slice(0, 19).replace(/\D/g, "")}Z`);
  if (date.getUTCFullYear() >= 2050) return tagged(Tag.GENERALIZED_TIME, digits);
  return tagged(Tag.UTC_TIME, digits.subarray(2));
}
