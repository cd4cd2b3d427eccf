/**
 * Measures in a process of its own what an attack costs a client; `measure.ts` runs it.
 *
 * @module
 */

import process from "node:process";
import { GrpcSession } from "../../../src/transport/grpc/session.ts";
import { GrpcError } from "../../../src/transport/grpc/status.ts";
import { Http2Connection } from "../../../src/transport/http2/connection.ts";
import { dial } from "../../../src/transport/net/dial.ts";

/** Milliseconds; bytes. */
const TIMEOUT = 2_000;
const CANCELLED_AFTER = 20;
const MAX_MESSAGE = 4_194_304;

const [port, after, good] = process.argv.slice(2);

async function open(to: string): Promise<GrpcSession> {
  const signal = AbortSignal.timeout(TIMEOUT);
  const socket = await dial({ host: "127.0.0.1", port: Number(to) }, signal);
  const connection = await Http2Connection.open(socket, { signal, keepAlive: {} });
  return new GrpcSession(connection, { scheme: "http", authority: "test", userAgent: "test" });
}

function call(session: GrpcSession, timeout: number): Promise<number> {
  const bounds = { timeout, maxReceiveBytes: MAX_MESSAGE };
  return session.unary("/a.B/C", [], new Uint8Array(10), () => 0, bounds)
    .catch((error) => error instanceof GrpcError ? error.status.code : -1);
}

// Everything is loaded and warm.
const warm = await open(good);
for (let i = 0; i < 200; i++) await call(warm, TIMEOUT);
await warm.connection.close();
(globalThis as { gc?: () => void }).gc?.();

const held = () => {
  const { heapUsed, external, arrayBuffers = 0 } = process.memoryUsage();
  return heapUsed + Math.max(external, arrayBuffers);
};
const memory = held();
const { rss } = process.memoryUsage();
let most = rss;
const sampler = setInterval(() => most = Math.max(most, process.memoryUsage().rss), 5);
const cpu = process.cpuUsage();
const start = performance.now();
let status: number | string;
let how = "";
let closed = 0;
try {
  const session = await open(port);
  session.connection.closed.then(() => closed = performance.now() - start);
  if (after === "cancel") await call(session, CANCELLED_AFTER);
  status = await call(session, TIMEOUT);
  most = Math.max(most, process.memoryUsage().rss);
  // What goes on after the call counts too.
  await new Promise((resolve) => setTimeout(resolve, 300));
  await session.connection.close();
} catch (error) {
  status = 14;
  how = String(error);
}
const took = performance.now() - start;
const { user, system } = process.cpuUsage(cpu);
clearInterval(sampler);
(globalThis as { gc?: () => void }).gc?.();
console.log(JSON.stringify({
  status,
  how,
  took,
  closed,
  cpu: (user + system) / 1_000,
  peak: (most - rss) / 1_048_576,
  kept: (held() - memory) / 1_048_576,
}));
