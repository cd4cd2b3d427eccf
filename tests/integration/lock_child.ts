/**
 * A process of its own that contends for locks, for tests: `lock_child.ts CONNECTION COMMAND …`, where CONNECTION is
 * JSON of an endpoint and client options. Commands:
 *
 * - `contend NAME COUNT`: COUNT contenders side by side; each, while it holds the lock, adds its fencing token to
 *   the key `order` by reading and writing it unguarded.
 * - `hold NAME TTL`: acquires the lock, with `ttl` unless TTL is 0, says so, and holds it until it is killed.
 * - `watch NAME COUNT`: acquires COUNT locks, each on a session of 5 s, and says its process id; when all signals
 *   say that they are lost, it says when each last said otherwise, and how many guarded writes were refused.
 * @module
 */

import process from "node:process";
import { EtcdClient, type EtcdCommunicator, type EtcdLock, EtcdLockLostError } from "../../mod.ts";

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

/**
 * Notes when it last held the lock, as its signal said; resolves when that said otherwise. The clock is read first:
 * a process that is suspended right after the signal's answer would otherwise note the time of its waking.
 */
function lastHeld(lock: EtcdLock): Promise<number> {
  let last = 0;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      const asked = Date.now();
      if (!lock.signal.aborted) last = asked;
      else {
        clearInterval(timer);
        resolve(last);
      }
    }, 5);
  });
}

async function watchSignals(c: EtcdCommunicator): Promise<void> {
  const locks = await Promise.all(
    Array.from({ length: Number(argument) }, async (_, i) => {
      return await c.lock(`${name}${i}`, { session: await c.session({ ttl: 5 }) });
    }),
  );
  const watching = locks.map(lastHeld);
  say({ pid: process.pid });
  const held = await Promise.all(watching);
  const outcomes = await Promise.allSettled(locks.map((lock) => lock.put("written", "by the first")));
  const refused = outcomes.filter((one) =>
    one.status === "rejected" && one.reason instanceof EtcdLockLostError
  );
  say({ held, refused: refused.length });
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
    await watchSignals(communicator);
    break;
}
await client.close();
