/**
 * A call as grpc-js' clients drive it, which nice-grpc's clients are made of.
 *
 * @module
 */

import type { Metadata } from "@grpc/grpc-js";
import type { Channel } from "nice-grpc";
import type { HeaderList } from "../http2/hpack/header_field.ts";
import { classOf, type MetadataClass, toEntries, toMetadata, toStatusMetadata } from "./metadata.ts";
import type { GrpcSession } from "./session.ts";
import type { GrpcStatus } from "./status.ts";
import type { StreamCall, StreamCallEvents } from "./stream_call.ts";

/** grpc-js' interface of a call. */
export type Call = ReturnType<Channel["createCall"]>;
type Listener = Parameters<Call["start"]>[1];
type MessageContext = Parameters<Call["sendMessageWithContext"]>[0];
type Message = Parameters<Call["sendMessageWithContext"]>[1];
type WriteCallback = NonNullable<MessageContext["callback"]>;

let calls = 0;

/** States: made, started by `start`, over when the listener has got its status. */
export class NativeCall implements Call, StreamCallEvents {
  readonly #session: GrpcSession;
  readonly #path: string;
  readonly #peer: string;
  readonly #timeout: number;
  readonly #number = ++calls;
  #call: StreamCall | null = null;
  #listener: Listener | null = null;
  #metadataClass: MetadataClass | null = null;
  /** Whom to tell that there is room for more messages. */
  #onRoom: WriteCallback | null = null;

  /**
   * Makes a call that `start` starts.
   *
   * @param session Carries it.
   * @param path Such as `/package.Service/Method`.
   * @param timeout Milliseconds; 0 for none.
   * @param peer The server's address.
   */
  constructor(session: GrpcSession, path: string, timeout: number, peer: string) {
    this.#session = session;
    this.#path = path;
    this.#timeout = timeout;
    this.#peer = peer;
  }

  /** Sends the request's headers. */
  start(metadata: Metadata, listener: Listener): void {
    this.#metadataClass = classOf(metadata);
    this.#listener = listener;
    this.#call = this.#session.open(this.#path, toEntries(metadata), this, { timeout: this.#timeout });
  }

  /** Sends a message; `context.callback` is called when there is room for more. */
  sendMessageWithContext(context: MessageContext, message: Message): void {
    const room = this.#call!.send(message);
    const { callback } = context;
    if (callback === undefined) return;
    if (room) queueMicrotask(() => callback());
    else this.#onRoom = callback;
  }

  /** Asks for one message. */
  startRead(): void {
    this.#call!.pull();
  }

  /** Ends our side. */
  halfClose(): void {
    this.#call!.halfClose();
  }

  /** Ends the call; the listener gets the status in a microtask, as its maker may still be at work. */
  cancelWithStatus(status: number, details: string): void {
    if (this.#call === null) return;
    this.#call.cancel(status, details);
  }

  /** The server's address. */
  getPeer(): string {
    return this.#peer;
  }

  /** Counts all calls of all channels. */
  getCallNumber(): number {
    return this.#number;
  }

  /** Does nothing: a token goes into the metadata. */
  setCredentials(): void {}

  /** Nothing is told of certificates. */
  getAuthContext(): null {
    return null;
  }

  /** See {@linkcode StreamCallEvents}. */
  onHeaders(headers: HeaderList): void {
    this.#listener!.onReceiveMetadata(toMetadata(this.#metadataClass!, headers));
  }

  /** See {@linkcode StreamCallEvents}. */
  onMessage(message: Uint8Array): void {
    this.#listener!.onReceiveMessage(message);
  }

  /** See {@linkcode StreamCallEvents}. */
  onStatus(status: GrpcStatus): void {
    const { code, details } = status;
    const metadata = toStatusMetadata(this.#metadataClass!, status);
    queueMicrotask(() => {
      this.onDrain();
      this.#listener!.onReceiveStatus({ code, details, metadata });
    });
  }

  /** See {@linkcode StreamCallEvents}. */
  onDrain(): void {
    const onRoom = this.#onRoom;
    this.#onRoom = null;
    onRoom?.();
  }
}
