/**
 * A process of its own that contends for locks, for tests: `lock_child.ts CONNECTION COMMAND …`, where CONNECTION is
 * JSON of an endpoint and client options. Commands:
 *
 * - `contend NAME COUNT`: COUNT contenders side by side; each, while it holds the lock, adds its fencing token to
 *   the key `order` by reading and writing it unguarded.
 * - `hold NAME TTL`: acquires the lock, with `ttl` unless TTL is 0, says so, and holds it until it is killed.
 * - `watch NAME`: acquires the lock on a session of 2 s and says every 20 ms that it holds it, for as long as its
 *   signal says so, with the time; then tries a guarded write. First it says its process id.
 * @module
 */

import process from "node:process";
import { EtcdClient, type EtcdCommunicator, EtcdLockLostError } from "../../mod.ts";

const [connection, command, name, argument] = process.argv.slice(2);
const { endpoint, options } = JSON.parse(connection);
const client = new EtcdClient(endpoint, options);
const communicator = await client.connect();

function say(what: object): void {
  console.log(JSON.stringify(what));
}

async function contend(c: EtcdCommunicator): Promise<void> {
  const lock = await c.lock(name);
  const order = await c.get("order");
  await new Promise((resolve) => setTimeout(resolve, 5));
  await c.put("order", `${order ?? ""} ${lock.fencingToken}`);
  await lock.release();
}

async function watchSignal(c: EtcdCommunicator): Promise<void> {
  const session = await c.session({ ttl: 2 });
  const lock = await c.lock(name, { session });
  say({ pid: process.pid });
  await new Promise<void>((resolve) => {
    const timer = setInterval(() => {
      if (!lock.signal.aborted) return say({ held: Date.now() });
      clearInterval(timer);
      resolve();
    }, 20);
  });
  const stale = await lock.put("written", "by the first").catch((error) => error);
  say({ refused: stale instanceof EtcdLockLostError });
}

switch (command) {
  case "contend":
    await Promise.all(Array.from({ length: Number(argument) }, () => contend(communicator)));
    break;
  case "hold": {
    const ttl = Number(argument) || undefined;
    say({ token: String((await communicator.lock(name, { ttl })).fencingToken) });
    await new Promise((resolve) => setTimeout(resolve, 600_000));
    break;
  }
  case "watch":
    await watchSignal(communicator);
    break;
}
await client.close();
