/**
 * Keys and values of events as text: those of several events at once, where several are there.
 *
 * @module
 */

import { FEW, readTexts } from "../rpc/wire/texts.ts";
import type { WireKeyValue } from "../rpc/wire/key_value.ts";

/** Messages whose texts are made together at most. */
const MOST = 64;

/** Gives so many messages at most that are there to be read, the next one first. */
export type Upcoming = (most: number) => WireKeyValue[];

/** Reads ahead of one reader. */
export class UpcomingTexts {
  /** Of the message last asked for; undefined where it is not ASCII, or was not made together with others. */
  key: string | undefined;
  /** Of the same. */
  value: string | undefined;
  readonly #prefixLength: number;
  #messages: (WireKeyValue | undefined)[] = [];
  #texts: (string | undefined)[] = [];
  #at = 0;

  /** @param prefixLength Bytes at the start of each key that are not wanted. */
  constructor(prefixLength: number) {
    this.#prefixLength = prefixLength;
  }

  /**
   * Looks at a message.
   *
   * @param upcoming Begins with it.
   */
  look(message: WireKeyValue, upcoming: Upcoming): void {
    if (this.#messages[this.#at] !== message) this.#read(upcoming(MOST));
    this.key = this.#texts[2 * this.#at];
    this.value = this.#texts[2 * this.#at + 1];
    this.#messages[this.#at++] = undefined; // it is not kept, nor the response that it is a part of
  }

  #read(messages: WireKeyValue[]): void {
    const texts: (string | undefined)[] = [];
    this.#at = 0;
    this.#messages = messages;
    this.#texts = texts;
    if (messages.length < FEW) return;
    readTexts(messages, this.#prefixLength, (_message, key, value) => texts.push(key, value));
  }
}
