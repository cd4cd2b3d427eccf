/**
 * A header list that is sent again and again, with its encoding remembered.
 *
 * @module
 */

import { fieldSize, type HeaderList } from "./header_field.ts";

/**
 * Make one for each method and set of metadata and send it with every call: from the third time on a connection
 * its encoding is a copy of some bytes.
 */
export class HeaderBlock {
  /** The fields, pseudo-header fields first. */
  readonly fields: HeaderList;
  /** Bytes, as SETTINGS_MAX_HEADER_LIST_SIZE counts them. */
  readonly size: number;
  /** The encoding, for the encoder that made it and as long as its table stays as it was. */
  encoding: { readonly encoder: object; readonly generation: number; readonly bytes: Uint8Array } | null =
    null;

  /**
   * Makes a block.
   *
   * @param fields The fields, pseudo-header fields first; not to be changed afterwards.
   */
  constructor(fields: HeaderList) {
    this.fields = fields;
    this.size = fields.reduce((sum, field) => sum + fieldSize(field), 0);
  }
}
