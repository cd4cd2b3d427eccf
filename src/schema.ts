/**
 * Validation of what is read, by a schema of the caller's.
 *
 * @module
 */

import { CodecRefusal } from "./decode_error.ts";

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

/** Misuse, unlike a value that a schema refuses: it reaches the caller as it is. */
export class AsynchronousSchema extends TypeError {
  constructor() {
    super("Cannot use an asynchronous schema: decoding is synchronous");
  }
}

/**
 * Checks what is to be a schema.
 *
 * @throws {TypeError} If it is none.
 */
export function assertSchema(schema: StandardSchema<unknown>): void {
  if (typeof schema?.["~standard"]?.validate === "function") return;
  throw new TypeError("Cannot use the schema: expected a Standard Schema (https://standardschema.dev)");
}

/**
 * What a schema makes of a value.
 *
 * @throws {CodecRefusal} If the schema refuses it.
 * @throws {AsynchronousSchema} If the schema answers by a promise.
 */
export function validated<T>(schema: StandardSchema<T>, value: unknown): T {
  const result = schema["~standard"].validate(value);
  if ("then" in result) {
    Promise.resolve(result).catch(() => {});
    throw new AsynchronousSchema();
  }
  if (result.issues === undefined) return result.value;
  throw new CodecRefusal(...result.issues.map(({ message, path }) => ({
    message: discreet(message, value),
    path: (path ?? []).map(pathSegment),
  })));
}

/** A path segment is a key, or an object that holds one. */
function pathSegment(segment: unknown): string {
  const key = typeof segment === "object" && segment !== null && "key" in segment ? segment.key : segment;
  return String(key);
}

/** Some libraries quote the value in their messages (`Expected number but received "…"`); no error of ours does. */
function discreet(message: string, value: unknown): string {
  for (const leaf of leaves(value)) {
    if (quotes(message, leaf)) return "the schema refused it";
  }
  return message;
}

function* leaves(value: unknown): Generator<string> {
  if (typeof value === "string" || typeof value === "number") yield String(value);
  if (typeof value === "object" && value !== null) {
    for (const child of Object.values(value)) yield* leaves(child);
  }
}

/** Below this length a text is found only where it stands alone: a "1" in "between 10 and 15" is no quote. */
const SHORT = 4;
/** Libraries cut what they quote, so that the beginning counts. */
const BEGINNING = 8;

function quotes(message: string, leaf: string): boolean {
  const beginning = leaf.slice(0, BEGINNING);
  const parts = words(beginning);
  if (beginning.length < SHORT && parts.length > 0) {
    const spoken = words(message);
    return parts.every((part) => spoken.includes(part));
  }
  return beginning !== "" &&
    (message.includes(beginning) || message.includes(JSON.stringify(beginning).slice(1, -1)));
}

function words(text: string): string[] {
  return text.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== "");
}
