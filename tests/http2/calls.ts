/**
 * gRPC calls to a server that is played from a script.
 *
 * @module
 */

import { assertRejects } from "@std/assert";
import type { ConnectionOptions } from "../../src/transport/http2/connection.ts";
import { type CallBounds, GrpcSession } from "../../src/transport/grpc/session.ts";
import { GrpcError, type GrpcStatus } from "../../src/transport/grpc/status.ts";
import type { StreamCall, StreamCallEvents } from "../../src/transport/grpc/stream_call.ts";
import { ascii } from "./bytes.ts";
import { connect, type Peer } from "./peer.ts";

/** A connection, both its ends. */
export interface Server {
  readonly peer: Peer;
  readonly session: GrpcSession;
}

/** Shakes hands. */
export async function serve(
  options: ConnectionOptions = {},
  entries: readonly (readonly [number, number])[] = [],
  maxReceiveBytes?: number,
): Promise<Server & AsyncDisposable> {
  const peer = await connect(options, entries);
  const target = { scheme: "http", authority: "test:1", userAgent: "agent" } as const;
  const session = new GrpcSession(peer.connection, target, maxReceiveBytes);
  return { peer, session, [Symbol.asyncDispose]: () => peer[Symbol.asyncDispose]() };
}

/** Calls `/a.B/C` with "request"; the result is the response as text. */
export function call(session: GrpcSession, bounds: CallBounds = {}): Promise<string> {
  return session.unary("/a.B/C", [], ascii("request"), (bytes) => new TextDecoder().decode(bytes), bounds);
}

/** Waits for the call to fail with a status. */
export async function statusOf(calling: Promise<unknown>): Promise<GrpcStatus> {
  return (await assertRejects(() => calling, GrpcError)).status;
}

/** The part of a status that tests look at. */
export function short({ code, sent, connectionLost }: GrpcStatus): string {
  return `${code} ${sent}${connectionLost ? " lost" : ""}`;
}

/** Remembers what a stream of messages was told. */
export class Listener implements StreamCallEvents {
  readonly events: string[] = [];
  readonly over: Promise<GrpcStatus>;
  call!: StreamCall;
  #resolve!: (status: GrpcStatus) => void;

  constructor() {
    this.over = new Promise((resolve) => this.#resolve = resolve);
  }

  onHeaders(): void {
    this.events.push("headers");
  }

  onMessage(message: Uint8Array): void {
    this.events.push(new TextDecoder().decode(message));
  }

  onStatus(status: GrpcStatus): void {
    this.events.push(`status ${status.code}`);
    this.#resolve(status);
  }

  onDrain(): void {
    this.events.push("drain");
  }
}

/** Opens a stream of messages on `/a.B/D`. */
export function open(session: GrpcSession, bounds: CallBounds = {}): Listener {
  const listener = new Listener();
  listener.call = session.open("/a.B/D", [], listener, bounds);
  return listener;
}
