/**
 * How values become bytes and come back.
 *
 * @module
 */

import { decodeText, encodeText } from "./bytes.ts";

/**
 * Turns values into the bytes that etcd stores, and back. Both directions are synchronous; what they throw
 * reaches the caller: from `encode` before anything is sent, from `decode` as the cause of an
 * {@linkcode EtcdDecodeError}.
 */
export interface Codec<T> {
  /**
   * @param value What the caller puts.
   * @returns The bytes to store.
   */
  encode(value: T): Uint8Array;
  /**
   * @param bytes What was stored.
   * @returns The value.
   */
  decode(bytes: Uint8Array): T;
}

/** What a validation found: the value, or what is wrong with it. */
export type StandardResult<T> =
  | { readonly value: T; readonly issues?: undefined }
  | {
    readonly issues: readonly {
      readonly message: string;
      readonly path?: readonly unknown[] | undefined;
    }[];
  };

/** The part of {@link https://standardschema.dev | Standard Schema} that is used. */
export interface StandardSchema<T> {
  /** The schema's properties, as the standard names them. */
  readonly "~standard": {
    /** The version of the standard. */
    readonly version: 1;
    /** The library that made the schema. */
    readonly vendor: string;
    /** Validates a value; must be synchronous here. */
    readonly validate: (value: unknown) => StandardResult<T> | Promise<StandardResult<T>>;
    /** Types only; absent at run time. */
    readonly types?: { readonly input: unknown; readonly output: T } | undefined;
  };
}

/** A schema refused a decoded value; `decodeValue` turns it into an {@linkcode EtcdDecodeError}. */
export class SchemaRefusal extends Error {
  readonly issues: readonly { readonly message: string; readonly path: readonly string[] }[];

  constructor(issues: readonly { message: string; path?: readonly unknown[] | undefined }[]) {
    super("the schema refused the value");
    this.issues = issues.map(({ message, path }) => ({ message, path: (path ?? []).map(pathSegment) }));
  }
}

/** A path segment is a key, or an object that holds one. */
function pathSegment(segment: unknown): string {
  const key = typeof segment === "object" && segment !== null && "key" in segment ? segment.key : segment;
  return String(key);
}

/** Text as UTF-8. Decodes strictly and keeps a byte-order mark, so that what was put comes back. */
export const utf8Codec: Codec<string> = {
  encode(value: string): Uint8Array {
    if (typeof value !== "string") {
      throw new TypeError(`Cannot encode the value: expected a string, got ${typeof value}`);
    }
    if (!value.isWellFormed()) {
      throw new TypeError(
        "Cannot encode the value: it has an unpaired surrogate, which UTF-8 cannot carry",
      );
    }
    return encodeText(value);
  },
  decode(bytes: Uint8Array): string {
    return decodeText(bytes);
  },
};

/** Bytes as they are. */
export const bytesCodec: Codec<Uint8Array> = {
  encode(value: Uint8Array): Uint8Array {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`Cannot encode the value: expected a Uint8Array, got ${typeof value}`);
    }
    return value.slice();
  },
  decode(bytes: Uint8Array): Uint8Array {
    return bytes.slice();
  },
};

/**
 * Values as JSON text.
 *
 * @param schema A synchronous Standard Schema that validates what is read; without it, what is read is
 * believed to be a `T`.
 * @returns The codec. Its `encode` throws a `TypeError` for what JSON cannot carry.
 *
 * @example
 * ```ts
 * import { jsonCodec } from "./codec.ts";
 * import { assertEquals } from "@std/assert";
 *
 * const codec = jsonCodec<{ port: number }>();
 * assertEquals(codec.decode(codec.encode({ port: 2379 })), { port: 2379 });
 * ```
 */
export function jsonCodec<T>(schema?: StandardSchema<T>): Codec<T> {
  return {
    encode(value: T): Uint8Array {
      const text = JSON.stringify(value);
      if (text === undefined) {
        throw new TypeError(`Cannot encode the value: JSON has no ${typeof value}`);
      }
      return encodeText(text);
    },
    decode(bytes: Uint8Array): T {
      const value = parseJson(decodeText(bytes));
      return schema === undefined ? value as T : validated(schema, value);
    },
  };
}

/** A parser's message quotes the text; ours does not. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new SyntaxError("the value is not JSON");
  }
}

function validated<T>(schema: StandardSchema<T>, value: unknown): T {
  const result = schema["~standard"].validate(value);
  if ("then" in result) {
    Promise.resolve(result).catch(() => {});
    throw new TypeError("Cannot use an asynchronous schema: decoding is synchronous");
  }
  if (result.issues !== undefined) throw new SchemaRefusal(result.issues);
  return result.value;
}
