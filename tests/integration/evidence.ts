/**
 * All that can be seen of an error, an event or an object: what loggers, inspectors and curious code would find.
 *
 * @module
 */

import { inspect } from "node:util";

interface Inspecting {
  readonly inspect: (value: unknown, options: object) => string;
}

/** Texts in which nothing secret may stand. */
export class Evidence {
  readonly #texts: string[] = [];

  /** Takes something in. */
  add(value: unknown): void {
    this.#texts.push(...textsOf(value));
  }

  /** Takes in what an attempt fails with, or that it does not. */
  async failing(attempt: () => unknown): Promise<unknown> {
    try {
      await attempt();
    } catch (error) {
      this.add(error);
      return error;
    }
    throw new Error(`did not fail: ${attempt}`);
  }

  /** The texts that hold one of the secrets, cut down to where it stands. */
  find(...secrets: readonly string[]): string[] {
    return this.#texts.flatMap((text) =>
      secrets.filter((secret) => text.includes(secret)).map((secret) => {
        const at = text.indexOf(secret);
        return text.slice(Math.max(0, at - 100), at + 100);
      })
    );
  }
}

/** Every text that shows something of a value. */
export function textsOf(value: unknown): string[] {
  const { Deno, Bun } = globalThis as unknown as { Deno?: Inspecting; Bun?: Inspecting };
  return [
    String(value),
    inspect(value, {
      depth: Infinity,
      showHidden: true,
      maxStringLength: Infinity,
      maxArrayLength: Infinity,
    }),
    Deno?.inspect(value, { depth: 100, showHidden: true, strAbbreviateSize: Infinity }) ?? "",
    Bun?.inspect(value, { depth: 100 }) ?? "",
    json(value),
    ...reachable(value),
  ];
}

function json(value: unknown): string {
  try {
    return JSON.stringify(value) ?? "";
  } catch {
    return "";
  }
}

/** The texts in all properties, hidden ones and those of causes included, and in all bytes. */
function reachable(root: unknown): string[] {
  const seen = new Set<unknown>();
  const texts: string[] = [];
  const pending = [root];
  while (pending.length > 0) {
    const value = pending.pop();
    if (typeof value === "string") texts.push(value);
    if (typeof value !== "object" || value === null || seen.has(value)) continue;
    seen.add(value);
    if (value instanceof Uint8Array) texts.push(new TextDecoder().decode(value));
    else if (value instanceof Map) pending.push(...value.keys(), ...value.values());
    else pending.push(...Reflect.ownKeys(value).map((key) => read(value, key)));
    if (value instanceof Error) texts.push(value.message, value.stack ?? "");
  }
  return texts;
}

function read(object: object, key: PropertyKey): unknown {
  try {
    return (object as Record<PropertyKey, unknown>)[key];
  } catch {
    return undefined;
  }
}
