/**
 * Encoding with the Huffman code, RFC 7541 §5.2.
 *
 * @module
 */

import type { ByteWriter } from "../byte_writer.ts";
import { CODE_LENGTHS, huffmanCode } from "./huffman_code.ts";

/**
 * How long a string is when encoded.
 *
 * @param text Octets, one character each.
 * @returns Bytes, with padding.
 */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += CODE_LENGTHS[text.charCodeAt(i)];
  return Math.ceil(bits / 8);
}

/**
 * Appends an encoded string, padded with ones.
 *
 * @param out Where to.
 * @param text Octets, one character each.
 */
export function encodeHuffman(out: ByteWriter, text: string): void {
  const { codes } = huffmanCode();
  let byte = 0;
  let free = 8;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i);
    const code = codes[symbol];
    let left = CODE_LENGTHS[symbol];
    while (left > 0) {
      const take = Math.min(left, free);
      left -= take;
      free -= take;
      byte |= ((code >>> left) & ((1 << take) - 1)) << free;
      if (free > 0) continue;
      out.push(byte);
      byte = 0;
      free = 8;
    }
  }
  if (free < 8) out.push(byte | ((1 << free) - 1));
}
