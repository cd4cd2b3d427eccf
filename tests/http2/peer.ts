/**
 * The server's side of a connection, played from a script, and a handler that remembers what it was told.
 *
 * @module
 */

import { assert, assertEquals } from "@std/assert";
import { type ConnectionOptions, Http2Connection } from "../../src/transport/http2/connection.ts";
import { HpackDecoder } from "../../src/transport/http2/hpack/decoder.ts";
import { HeaderBlock } from "../../src/transport/http2/hpack/header_block.ts";
import type { HeaderList } from "../../src/transport/http2/hpack/header_field.ts";
import type { Http2Stream, StreamHandler, StreamReset } from "../../src/transport/http2/stream.ts";
import { ascii, concat } from "./bytes.ts";
import { GOAWAY, HEADERS, RST_STREAM, SETTINGS, settings, settingsAck, WINDOW_UPDATE } from "./frames.ts";
import { pipe, type PipeEnd } from "./pipe.ts";

/** A frame that the client sent. */
export interface SentFrame {
  readonly type: number;
  readonly flags: number;
  readonly streamId: number;
  readonly payload: Uint8Array;
}

/** What a client sends before anything else. */
export const PREFACE: Uint8Array = ascii("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

/** The server. */
export class Peer implements AsyncDisposable {
  readonly socket: PipeEnd;
  /** The client's end. */
  readonly client: PipeEnd;
  /** What the client's connection was opened to; set by {@linkcode connect}. */
  connection!: Http2Connection;
  readonly #decoder = new HpackDecoder();
  #buffer: Uint8Array = new Uint8Array(0);

  constructor() {
    [this.client, this.socket] = pipe();
  }

  /** Sends all parts in one piece. */
  send(...parts: readonly Uint8Array[]): void {
    void this.socket.write(concat(...parts));
  }

  /** The next bytes of the client. */
  async bytes(count: number): Promise<Uint8Array> {
    while (this.#buffer.length < count) assert(await this.#fill(), "the client closed");
    const bytes = this.#buffer.slice(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return bytes;
  }

  /** The next frame of the client. */
  async next(): Promise<SentFrame> {
    const head = await this.bytes(9);
    const view = new DataView(head.buffer);
    const payload = await this.bytes(view.getUint32(0) >>> 8);
    return { type: head[3], flags: head[4], streamId: view.getUint32(5) & 0x7fffffff, payload };
  }

  /** The next frame of the client, which is of this type. */
  async expect(type: number): Promise<SentFrame> {
    const frame = await this.next();
    assertEquals(frame.type, type, `frame type of ${JSON.stringify(frame)}`);
    return frame;
  }

  /** The fields of the next frame of the client, which is HEADERS. */
  async expectHeaders(): Promise<HeaderList> {
    const { payload } = await this.expect(HEADERS);
    return this.#decoder.decode(payload, 0, payload.length);
  }

  /** The error code of the next RST_STREAM of the client, which is for this stream; skips window updates. */
  async expectReset(streamId: number): Promise<number> {
    const frame = await this.#nextBut(WINDOW_UPDATE);
    assertEquals([frame.type, frame.streamId], [RST_STREAM, streamId]);
    return codeOf(frame);
  }

  /** The error code of the GOAWAY that the client ends with; skips all else. */
  async expectGoAway(): Promise<number> {
    for (;;) {
      const frame = await this.next();
      if (frame.type !== GOAWAY) continue;
      await this.expectEnd();
      return new DataView(frame.payload.buffer).getUint32(4);
    }
  }

  /** Waits until the client closes, which it does without another frame. */
  async expectEnd(): Promise<void> {
    assertEquals(this.#buffer.length, 0);
    assertEquals(await this.#fill(), false);
  }

  /** Waits until the client has taken all that was sent: it answers a PING in order. */
  async settled(): Promise<void> {
    this.send(Uint8Array.of(0, 0, 8, 6, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8));
    while ((await this.next()).type !== 6);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.socket.close();
    await this.connection?.close();
  }

  async #nextBut(type: number): Promise<SentFrame> {
    for (;;) {
      const frame = await this.next();
      if (frame.type !== type) return frame;
    }
  }

  async #fill(): Promise<boolean> {
    const chunk = new Uint8Array(65_536);
    const count = await this.socket.read(chunk);
    if (count === null) return false;
    this.#buffer = concat(this.#buffer, chunk.subarray(0, count));
    return true;
  }
}

function codeOf(frame: SentFrame): number {
  return new DataView(frame.payload.buffer).getUint32(0);
}

/** Shakes hands; `entries` are the server's settings. */
export async function connect(
  options: ConnectionOptions = {},
  entries: readonly (readonly [number, number])[] = [],
): Promise<Peer> {
  const peer = new Peer();
  const opening = Http2Connection.open(peer.client, options);
  peer.send(settings(...entries));
  await peer.bytes(PREFACE.length);
  await peer.expect(SETTINGS);
  await peer.expect(WINDOW_UPDATE);
  peer.send(settingsAck);
  peer.connection = await opening;
  await peer.expect(SETTINGS);
  return peer;
}

/** A request of the least fields. */
export const GET: HeaderBlock = new HeaderBlock([
  { name: ":method", value: "GET" },
  { name: ":scheme", value: "http" },
  { name: ":path", value: "/" },
  { name: ":authority", value: "test" },
]);

/** Remembers what it was told. */
export class Recorder implements StreamHandler {
  stream!: Http2Stream;
  readonly events: string[] = [];
  headers: HeaderList | null = null;
  trailers: HeaderList | null = null;
  content = "";
  received = 0;
  reset: StreamReset | null = null;
  /** Resolves with the last of the events. */
  readonly over: Promise<string>;
  /** Whether content is consumed as it comes. */
  consumes = true;
  #resolve!: (last: string) => void;

  constructor() {
    this.over = new Promise((resolve) => this.#resolve = resolve);
  }

  onHeaders(headers: HeaderList, endStream: boolean): void {
    this.headers = headers;
    this.events.push(endStream ? "headers, end" : "headers");
  }

  onData(bytes: Uint8Array, start: number, end: number): void {
    this.content += new TextDecoder().decode(bytes.subarray(start, end));
    this.received += end - start;
    this.events.push("data");
    if (this.consumes) this.stream.consume(end - start);
  }

  onTrailers(trailers: HeaderList): void {
    this.trailers = trailers;
    this.events.push("trailers");
  }

  onEnd(): void {
    this.#last("end");
  }

  onReset(reset: StreamReset): void {
    this.reset = reset;
    this.#last(`reset by ${reset.by}: ${reset.code}, executed: ${reset.executed}`);
  }

  onDrain(): void {
    this.events.push("drain");
  }

  #last(event: string): void {
    this.events.push(event);
    this.#resolve(event);
  }
}

/** Makes a request. */
export function request(peer: Peer, endStream = true, headers: HeaderBlock = GET): Recorder {
  const recorder = new Recorder();
  recorder.stream = peer.connection.request(headers, recorder, endStream);
  return recorder;
}

/** Makes a request and takes it at the server. */
export async function requested(peer: Peer, endStream = true): Promise<Recorder> {
  const recorder = request(peer, endStream);
  await peer.expectHeaders();
  return recorder;
}
