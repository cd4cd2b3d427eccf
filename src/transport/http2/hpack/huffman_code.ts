/**
 * The Huffman code of RFC 7541 Appendix B. It is canonical (codes of one length are consecutive numbers, in the
 * order of their symbols, and follow those of the shorter length), so its lengths are all there is to write down.
 *
 * @module
 */

/** The end-of-string symbol: its code's leading bits are padding, and it never appears whole (RFC 7541 §5.2). */
export const EOS = 256;

/** Bits of the shortest code. */
export const SHORTEST_CODE = 5;

/** Bits of the longest code. */
export const LONGEST_CODE = 30;

/** Bits of the code of each symbol, octets 0 to 255 and {@linkcode EOS}. */
// deno-fmt-ignore
export const CODE_LENGTHS: readonly number[] = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
  6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6,
  5, 5, 5, 6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10,
  13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6,
  15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5,
  6, 7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
];

/** The code as encoder and decoder want it. */
export interface HuffmanCode {
  /** The code of each symbol, in its low bits. */
  readonly codes: Uint32Array;
  /** The symbols by the order of their codes. */
  readonly symbols: Uint16Array;
  /** By length: the first code of that length. */
  readonly firstCode: Uint32Array;
  /** By length: where that code's symbol is in `symbols`. */
  readonly firstSymbol: Uint16Array;
  /** By length: how many codes have it. */
  readonly count: Uint16Array;
}

let built: HuffmanCode | undefined;

/**
 * The code, built when first asked for.
 *
 * @returns The same object each time.
 */
export function huffmanCode(): HuffmanCode {
  return built ??= build();
}

function build(): HuffmanCode {
  const codes = new Uint32Array(CODE_LENGTHS.length);
  const symbols = new Uint16Array(CODE_LENGTHS.length);
  const firstCode = new Uint32Array(LONGEST_CODE + 1);
  const firstSymbol = new Uint16Array(LONGEST_CODE + 1);
  const count = new Uint16Array(LONGEST_CODE + 1);
  let code = 0;
  let position = 0;
  for (let length = SHORTEST_CODE; length <= LONGEST_CODE; length++) {
    code *= 2;
    firstCode[length] = code;
    firstSymbol[length] = position;
    for (let symbol = 0; symbol < CODE_LENGTHS.length; symbol++) {
      if (CODE_LENGTHS[symbol] !== length) continue;
      codes[symbol] = code++;
      symbols[position++] = symbol;
    }
    count[length] = position - firstSymbol[length];
  }
  return { codes, symbols, firstCode, firstSymbol, count };
}
