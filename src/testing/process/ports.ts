/**
 * TCP ports of the loopback interface for servers that are killed and started again.
 *
 * @module
 */

import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below the range from which kernels take ports for outgoing connections (from 32,768 on Linux, 49,152 on macOS).
 * A client that dials a killed server may otherwise get just that port for its own end, which connects it to
 * itself, and keeps the server from starting again.
 */
const FIRST = 10_240;
const LAST = 32_767;

/** Handed out by this process; given back by none, as a killed server comes back to its own. */
const taken = new Set<number>();

/**
 * Finds ports that nobody listens on.
 *
 * Another process may still take one before it is used, so whoever uses them tries again with others.
 *
 * @param count How many.
 * @returns Different ports, none of which this process was given before.
 */
export async function freePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = FIRST + Math.floor(Math.random() * (LAST - FIRST + 1));
    if (taken.has(port)) continue;
    taken.add(port);
    if (await isFree(port)) ports.push(port);
  }
  return ports;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const listening = once(server, "listening");
  server.listen({ port, host: "127.0.0.1", exclusive: true });
  try {
    await listening;
  } catch {
    return false;
  }
  server.close();
  await once(server, "close");
  return true;
}
