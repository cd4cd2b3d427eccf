/**
 * A client that is attacked.
 *
 * @module
 */

import { GrpcSession } from "../../../src/transport/grpc/session.ts";
import { GrpcError, type GrpcStatus } from "../../../src/transport/grpc/status.ts";
import { Http2Connection } from "../../../src/transport/http2/connection.ts";
import { dial } from "../../../src/transport/net/dial.ts";
import type { Attack } from "./attacks.ts";

/** Bytes. */
const UPLOAD = 2_000_000;
const MAX_MESSAGE = 4_194_304;

/** Connects to a server on the loopback interface. */
export async function open(port: number, signal: AbortSignal): Promise<GrpcSession> {
  const socket = await dial({ host: "127.0.0.1", port }, signal);
  const connection = await Http2Connection.open(socket, { signal, keepAlive: {} });
  const target = { scheme: "http", authority: "test", userAgent: "test" } as const;
  return new GrpcSession(connection, target, MAX_MESSAGE);
}

/** Makes the call that an attack is for; resolves to its gRPC status number. */
export async function suffer(session: GrpcSession, attack: Attack, timeout: number): Promise<number> {
  if (attack.after === "cancel") {
    // The server is told of it in the same turn as of the call.
    const cancelled = call(session, 60_000, AbortSignal.timeout(1));
    await cancelled.catch(() => {});
  }
  const { calls = "unary" } = attack;
  if (calls.endsWith("stream")) return await stream(session, calls === "stream", timeout);
  return await call(session, timeout, undefined, calls === "upload" ? UPLOAD : 10);
}

/** Makes a unary call; resolves to its gRPC status number. */
export async function call(
  session: GrpcSession,
  timeout: number,
  signal?: AbortSignal,
  size = 10,
): Promise<number> {
  try {
    await session.unary("/a.B/C", [], new Uint8Array(size), () => 0, { timeout, signal });
    return 0;
  } catch (error) {
    if (error instanceof GrpcError) return error.status.code;
    throw error;
  }
}

/** Opens a stream and reads all of it, or nothing for as long as the connection is there. */
function stream(session: GrpcSession, reads: boolean, timeout: number): Promise<number> {
  return new Promise((resolve) => {
    const events = { onHeaders() {}, onMessage() {}, onStatus: ({ code }: GrpcStatus) => resolve(code) };
    const call = session.open("/a.B/C", [], events, { timeout });
    call.send(new Uint8Array(10));
    if (reads) call.pull(Infinity);
    else session.connection.closed.then(() => call.pull(Infinity));
  });
}
