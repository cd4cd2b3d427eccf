/**
 * Messages out of the content of a response, however it was cut into frames.
 *
 * @module
 */

import { Status } from "../../etcd_status.ts";
import { copyBytes } from "../http2/byte_writer.ts";
import { PREFIX_SIZE, readPrefix } from "./message_prefix.ts";
import { GrpcError, localStatus } from "./status.ts";

/** Bytes of memory at first for a message that comes in several frames, or more if much has arrived already. */
const FIRST_PIECE = 65_536;

/** How much memory is taken: at most so many times what has arrived. */
const GROWTH = 8;

/**
 * Messages in a row without a byte: each costs the sender five, and the taker as much as a real one. No message of
 * etcd is empty, as all begin with a header.
 */
const MAX_EMPTY_MESSAGES = 1_000;

/** Takes a message, which is the taker's own, and tells whether it wants another one now. */
export type MessageSink = (message: Uint8Array) => boolean;

/** One response's messages. */
export class MessageReader {
  readonly #maxMessageSize: number;
  readonly #sink: MessageSink;
  readonly #prefix = new Uint8Array(PREFIX_SIZE);
  #prefixLength = 0;
  #goOn = true;
  /** Bytes of the message under way. */
  #length = 0;
  /** What has come of it: `#received` bytes. */
  #message: Uint8Array = this.#prefix;
  #received = 0;
  /** Messages without a byte since the last that had one. */
  #empty = 0;

  /**
   * Makes a reader that waits for a prefix.
   *
   * @param maxMessageSize Bytes of the largest message that is wanted.
   * @param sink Who takes the messages.
   */
  constructor(maxMessageSize: number, sink: MessageSink) {
    this.#maxMessageSize = maxMessageSize;
    this.#sink = sink;
  }

  /** Whether part of a message has come and the rest has not. */
  get incomplete(): boolean {
    return this.#prefixLength > 0;
  }

  /**
   * Takes content, up to the message after which the sink wants no more.
   *
   * @param bytes Holds it.
   * @param start Its first byte.
   * @param end One past its last byte.
   * @returns One past the last byte that was taken.
   * @throws {GrpcError} If a message is refused at its prefix; RESOURCE_EXHAUSTED after
   * too many empty ones.
   */
  push(bytes: Uint8Array, start: number, end: number): number {
    let at = start;
    this.#goOn = true;
    while (at < end && this.#goOn) {
      if (this.#prefixLength < PREFIX_SIZE) {
        const whole = this.#prefixLength === 0 && end - at >= PREFIX_SIZE;
        at = whole ? this.#startInPlace(bytes, at) : this.#addToPrefix(bytes, at, end);
        if (this.#prefixLength < PREFIX_SIZE) return at;
      }
      at = this.#addToMessage(bytes, at, end);
    }
    return at;
  }

  #startInPlace(bytes: Uint8Array, at: number): number {
    this.#length = readPrefix(bytes, at, this.#maxMessageSize);
    this.#prefixLength = PREFIX_SIZE;
    return at + PREFIX_SIZE;
  }

  #addToPrefix(bytes: Uint8Array, at: number, end: number): number {
    while (at < end && this.#prefixLength < PREFIX_SIZE) this.#prefix[this.#prefixLength++] = bytes[at++];
    if (this.#prefixLength === PREFIX_SIZE) {
      this.#length = readPrefix(this.#prefix, 0, this.#maxMessageSize);
    }
    return at;
  }

  /** Copies a message that is whole in place, and collects others. */
  #addToMessage(bytes: Uint8Array, at: number, end: number): number {
    const missing = this.#length - this.#received;
    const taken = Math.min(missing, end - at);
    if (taken > 0 && (this.#received > 0 || taken < missing)) {
      this.#reserve(this.#received + taken);
      copyBytes(bytes, at, at + taken, this.#message, this.#received);
      this.#received += taken;
    }
    if (taken < missing) return at + taken;
    this.#countEmpty();
    const message = this.#message;
    const inPlace = this.#received === 0;
    this.#prefixLength = 0;
    this.#received = 0;
    this.#message = this.#prefix;
    this.#goOn = this.#sink(inPlace ? bytes.slice(at, at + taken) : message);
    return at + taken;
  }

  #countEmpty(): void {
    if (this.#length > 0) this.#empty = 0;
    else if (++this.#empty > MAX_EMPTY_MESSAGES) {
      throw new GrpcError(localStatus(Status.RESOURCE_EXHAUSTED, "too many empty messages"));
    }
  }

  #reserve(size: number): void {
    if (this.#received > 0 && size <= this.#message.length) return;
    const wanted = Math.max(FIRST_PIECE, size * GROWTH);
    const grown = new Uint8Array(Math.min(wanted, this.#length));
    grown.set(this.#message.subarray(0, this.#received));
    this.#message = grown;
  }
}
