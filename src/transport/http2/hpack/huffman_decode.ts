/**
 * Decoding the Huffman code, RFC 7541 §5.2, bit by bit: strings come once a connection, then they are indexed.
 *
 * @module
 */

import { ConnectionError, ErrorCode } from "../errors.ts";
import { EOS, huffmanCode, LONGEST_CODE } from "./huffman_code.ts";

/**
 * Decodes a string.
 *
 * @param bytes Holds it.
 * @param start Its first byte.
 * @param end One past its last byte.
 * @returns The octets.
 * @throws {ConnectionError} If it holds the end-of-string symbol or is not padded with at most seven ones
 * (COMPRESSION_ERROR).
 */
export function decodeHuffman(bytes: Uint8Array, start: number, end: number): Uint8Array {
  const { symbols, firstCode, firstSymbol, count } = huffmanCode();
  // The shortest code has 5 bits, so that 8 bits give at most 8/5 symbols.
  const octets = new Uint8Array(Math.ceil((end - start) * 8 / 5));
  let written = 0;
  let code = 0;
  let length = 0;
  for (let at = start; at < end; at++) {
    for (let bit = 7; bit >= 0; bit--) {
      code = (code << 1) | ((bytes[at] >>> bit) & 1);
      length++;
      const rank = code - firstCode[length];
      if (rank < 0 || rank >= count[length]) {
        if (length === LONGEST_CODE) throw malformed("no such code");
        continue;
      }
      const symbol = symbols[firstSymbol[length] + rank];
      if (symbol === EOS) throw malformed("end-of-string symbol");
      octets[written++] = symbol;
      code = 0;
      length = 0;
    }
  }
  if (length > 7 || code !== (1 << length) - 1) throw malformed("wrong padding");
  return octets.subarray(0, written);
}

function malformed(what: string): ConnectionError {
  return new ConnectionError(ErrorCode.COMPRESSION_ERROR, `malformed Huffman code: ${what}`);
}
