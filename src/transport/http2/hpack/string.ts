/**
 * Strings, RFC 7541 §5.2: a length, then octets, as they are or in Huffman code.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { ConnectionError, ErrorCode } from "../errors.ts";
import { decodeHuffman } from "./huffman_decode.ts";
import { encodeHuffman, huffmanLength } from "./huffman_encode.ts";
import { type Cursor, decodeInteger, encodeInteger } from "./integer.ts";

/** The first bit of a string in Huffman code. */
const HUFFMAN = 0x80;

/** Arguments that `String.fromCharCode` surely takes at once. */
const CHUNK = 4_096;

/**
 * Appends a string, in Huffman code where that is shorter.
 *
 * @param out Where to.
 * @param text Octets, one character each.
 * @throws {TypeError} If a character is above 255.
 */
export function encodeString(out: ByteWriter, text: string): void {
  for (let i = 0; i < text.length; i++) {
    if (text.charCodeAt(i) > 0xff) throw new TypeError("Cannot encode header field: character above 255");
  }
  const coded = huffmanLength(text);
  if (coded < text.length) {
    encodeInteger(out, coded, 7, HUFFMAN);
    encodeHuffman(out, text);
    return;
  }
  encodeInteger(out, text.length, 7, 0);
  for (let i = 0; i < text.length; i++) out.push(text.charCodeAt(i));
}

/**
 * Reads a string.
 *
 * @param cursor Stands on its first byte; afterwards behind its last.
 * @returns Octets, one character each.
 * @throws {ConnectionError} If it is cut off or malformed (COMPRESSION_ERROR).
 */
export function decodeString(cursor: Cursor): string {
  const huffman = cursor.at < cursor.end && (cursor.bytes[cursor.at] & HUFFMAN) !== 0;
  const length = decodeInteger(cursor, 7);
  const start = cursor.at;
  const end = start + length;
  if (end > cursor.end) throw new ConnectionError(ErrorCode.COMPRESSION_ERROR, "string of a header cut off");
  cursor.at = end;
  return latin1(huffman ? decodeHuffman(cursor.bytes, start, end) : cursor.bytes.subarray(start, end));
}

/** One character an octet; `TextDecoder("latin1")` is windows-1252 and would change 0x80 to 0x9f. */
function latin1(octets: Uint8Array): string {
  let text = "";
  for (let at = 0; at < octets.length; at += CHUNK) {
    text += String.fromCharCode(...octets.subarray(at, at + CHUNK));
  }
  return text;
}
