/**
 * Connections by `node:net`, for Node and Bun, and with TLS by `node:tls` for Deno too. What TLS needs is loaded by
 * the first connection that has it: it takes longer to load than the rest of the client.
 *
 * @module
 */

import { connect } from "node:net";
import type { DialTarget, Socket } from "../../socket.ts";
import { connecting, opened } from "./node_connecting.ts";
import { NodeSocket, type Traits } from "./node_socket.ts";

const TCP: Traits = { writesAtOnce: true, pauses: true };

/** Opens connections by `node:net` and `node:tls`. */
export async function nodeDialer(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  if (target.tls === undefined) return await dialTcp(target, signal);
  const { dialTls } = await import("./node_tls.ts");
  return await dialTls(target, target.tls, signal);
}

async function dialTcp(target: DialTarget, signal: AbortSignal): Promise<Socket> {
  signal.throwIfAborted();
  const socket = new NodeSocket(TCP, (onread) => connect(connecting(target, onread)), (error) => error);
  await opened(target, socket, "connect", signal);
  return socket;
}
