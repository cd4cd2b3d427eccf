/**
 * How values become bytes and come back.
 *
 * @module
 */

import { decodeText, encodeText } from "./bytes.ts";
import { CodecRefusal } from "./decode_error.ts";
import { assertSchema, type StandardSchema, validated } from "./schema.ts";

/**
 * Turns values into the bytes that etcd stores, and back. Both directions are synchronous. What `encode` throws
 * reaches the caller as it is, before anything is sent; where `decode` throws, the caller gets an
 * {@linkcode EtcdDecodeError}, without the thrown error, which may quote the value.
 */
export interface Codec<T> {
  /**
   * Makes the bytes of a value.
   *
   * @param value What the caller puts.
   * @returns The bytes to store.
   */
  encode(value: T): Uint8Array;
  /**
   * Makes the value of bytes.
   *
   * @param bytes What was stored; it may be a view of a larger buffer, so copy what the value keeps of it.
   * @returns The value.
   */
  decode(bytes: Uint8Array): T;
}

/**
 * Checks what is to be a codec.
 *
 * @throws {TypeError} If it is none.
 */
export function checkedCodec<T>(codec: Codec<T>): Codec<T> {
  if (typeof codec?.encode === "function" && typeof codec.decode === "function") return codec;
  throw new TypeError("Cannot use the codec: expected an object with encode() and decode()");
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
  decode: strictText,
};

/** Bytes as they are. */
export const bytesCodec: Codec<Uint8Array> = {
  encode(value: Uint8Array): Uint8Array {
    if (!(value instanceof Uint8Array)) {
      throw new TypeError(`Cannot encode the value: expected a Uint8Array, got ${typeof value}`);
    }
    return new Uint8Array(value);
  },
  decode(bytes: Uint8Array): Uint8Array {
    return new Uint8Array(bytes);
  },
};

/**
 * Values as JSON text.
 *
 * @param schema A synchronous Standard Schema that validates what is read; without it, what is read is
 * believed to be a `T`.
 * @returns The codec. Its `encode` throws a `TypeError` for what JSON cannot carry.
 * @throws {TypeError} If the schema is none.
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
  if (schema !== undefined) assertSchema(schema);
  return {
    encode(value: T): Uint8Array {
      const text = JSON.stringify(value);
      if (text === undefined) {
        throw new TypeError(`Cannot encode the value: JSON has no ${typeof value}`);
      }
      return encodeText(text);
    },
    decode(bytes: Uint8Array): T {
      const value = parseJson(strictText(bytes));
      return schema === undefined ? value as T : validated(schema, value);
    },
  };
}

function strictText(bytes: Uint8Array): string {
  try {
    return decodeText(bytes);
  } catch {
    throw new CodecRefusal({ message: "not UTF-8", path: [] });
  }
}

/** A parser's message quotes the text; ours does not. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new CodecRefusal({ message: "not JSON", path: [] });
  }
}
