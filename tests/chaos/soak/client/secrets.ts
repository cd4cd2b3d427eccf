/**
 * Looks for secrets in all that a client shows: errors, events, logs.
 *
 * @module
 */

import { textsOf } from "../../../integration/evidence.ts";

/** Stands in every password and every value, and nowhere else. */
export const CANARY = "k4n4ri3nv0g3l";

/** The tokens that etcd gives out: 16 letters with a number behind them, or the header of a JSON Web Token. */
const TOKENS = [/\b[A-Za-z]{16}\.\d+\b/, /\beyJhbGci[\w-]{10,}/];

/** Secrets by their kinds; those of certificates come with every new one. */
export class Secrets {
  readonly #keys = new Set<string>();

  /** @param pem A private key, of which no line may be seen. */
  addKey(pem: string): void {
    for (const line of pem.split("\n")) {
      if (line.length > 20 && !line.startsWith("-----")) this.#keys.add(line);
    }
  }

  /** The kinds of secrets in a text. */
  inText(text: string): string[] {
    return [
      ...(text.includes(CANARY) ? ["a password or a value"] : []),
      ...(TOKENS.some((token) => token.test(text)) ? ["a token"] : []),
      ...([...this.#keys].some((line) => text.includes(line)) ? ["a private key"] : []),
    ];
  }

  /** The kinds of secrets in anything, as inspectors, loggers and curious code see it. */
  in(value: unknown): string[] {
    return [...new Set(textsOf(value).flatMap((text) => this.inText(text)))];
  }
}
