/**
 * Header fields as HPACK and everything above handle them.
 *
 * @module
 */

/**
 * How a field may be kept in the compression tables (RFC 7541 §6.2): in the connection's table, not there, or
 * not there nor in any table of an intermediary.
 */
export type Indexing = "incremental" | "without" | "never";

/** One field: name and value are octets, one character each (0 to 255). */
export interface HeaderField {
  /** In lower case; starts with a colon for a pseudo-header field. */
  readonly name: string;
  /** As it came, or as it shall go. */
  readonly value: string;
  /** Only looked at when the field is sent. @default {"incremental"} */
  readonly indexing?: Indexing;
}

/** The fields of a header or trailer section, in order. */
export type HeaderList = readonly HeaderField[];

/** What a table entry costs beside its octets, RFC 7541 §4.1. */
const ENTRY_OVERHEAD = 32;

/**
 * The size of a field as RFC 7541 §4.1 and RFC 9113 §6.5.2 count it.
 *
 * @param field Any field.
 * @returns Bytes.
 */
export function fieldSize(field: HeaderField): number {
  return field.name.length + field.value.length + ENTRY_OVERHEAD;
}
