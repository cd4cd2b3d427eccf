/**
 * As much of DER (ITU-T X.690, section 8) as tells a whole certificate or key from a damaged one.
 *
 * @module
 */

/** Identifier octets. */
export const Tag = { INTEGER: 0x02, BIT_STRING: 0x03, OCTET_STRING: 0x04, SEQUENCE: 0x30 } as const;

interface Header {
  readonly tag: number;
  /** Where the contents begin and end. */
  readonly start: number;
  readonly end: number;
}

/**
 * The tags of the elements in a sequence.
 *
 * @returns undefined unless the bytes are exactly one sequence, filled exactly by its elements.
 */
export function elements(der: Uint8Array): number[] | undefined {
  const outer = header(der, 0);
  if (outer?.tag !== Tag.SEQUENCE || outer.end !== der.length) return undefined;
  const tags: number[] = [];
  for (let at = outer.start; at < outer.end;) {
    const element = header(der, at);
    if (element === undefined || element.end > outer.end) return undefined;
    tags.push(element.tag);
    at = element.end;
  }
  return tags;
}

/** Reads identifier and length octets; no certificate or key has tags or lengths of more octets than these. */
function header(der: Uint8Array, at: number): Header | undefined {
  const [tag, first] = der.subarray(at, at + 2);
  if (first === undefined) return undefined;
  if (first < 0x80) return { tag, start: at + 2, end: at + 2 + first };
  const octets = der.subarray(at + 2, at + 2 + (first & 0x7f));
  if (octets.length === 0 || octets.length > 3 || octets.length !== (first & 0x7f)) return undefined;
  const start = at + 2 + octets.length;
  return { tag, start, end: start + octets.reduce((length, octet) => length * 256 + octet, 0) };
}
