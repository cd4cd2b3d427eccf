/**
 * The error of values and keys that a codec refuses.
 *
 * @module
 */

import { belongs, brand, nameAfter } from "./error_brand.ts";
import { toPlain } from "./plain.ts";

/** One complaint of a codec or a schema: what, and where in the value. */
export interface DecodeIssue {
  /** What is wrong; never the value itself. */
  readonly message: string;
  /** The way to it from the root of the value. */
  readonly path: readonly string[];
}

/** What the codecs of this package throw: what is wrong, before it is known with which key. */
export class CodecRefusal extends TypeError {
  readonly issues: readonly DecodeIssue[];

  constructor(...issues: readonly DecodeIssue[]) {
    super(`Cannot decode the value: ${issues.map((issue) => issue.message).join(", ")}`);
    this.issues = issues;
  }
}

/** A value or key that the codec refused. It never carries the value. */
export class EtcdDecodeError extends Error {
  /** The name of the class. */
  static readonly kind: string = "EtcdDecodeError";
  /** The key, byte for byte. */
  readonly keyBytes: Uint8Array;
  /** The modification revision of the refused value; null where it is not known. */
  readonly revision: bigint | null;
  /** What the codec or the schema found. */
  readonly issues: readonly DecodeIssue[];

  /**
   * Makes an error; needed by tests and by wrappers of this client only.
   *
   * @param message What was tried, then what was found.
   * @param details The key, its revision and the complaints.
   */
  constructor(
    message: string,
    details: {
      readonly keyBytes: Uint8Array;
      readonly revision?: bigint | null;
      readonly issues?: readonly DecodeIssue[];
      readonly cause?: unknown;
    },
  ) {
    super(message, "cause" in details ? { cause: details.cause } : undefined);
    brand(this, new.target);
    nameAfter(this, new.target);
    this.keyBytes = details.keyBytes;
    this.revision = details.revision ?? null;
    this.issues = details.issues ?? [];
  }

  /**
   * For `JSON.stringify`.
   *
   * @returns Plain data: 64-bit numbers as decimal strings.
   */
  toJSON(): unknown {
    const { name, message, revision, issues } = this;
    return toPlain({ name, message, revision, issues });
  }

  /**
   * Holds for errors of any installed copy of this package.
   *
   * @param value Anything.
   * @returns Whether it is an error of this class.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    return belongs(this, value);
  }
}
