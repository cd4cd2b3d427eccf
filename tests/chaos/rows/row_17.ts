/**
 * Tokens expire, are forgotten, or are of an old revision, under calls and streams.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ClientEvent, EtcdCommunicator } from "../../../mod.ts";
import { etcdctl, type EtcdServer } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { jwtArguments } from "../rig/jwt.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

const CALLS = 100;
/** Seconds that a token lives, and the revision of users that ends it earlier. */
const TTL = 5;
/** Seconds that the lease lives, which is renewed at a third of it: after the calls have met the expired token. */
const LEASE = 30;
/** Milliseconds. */
const PROMISED = 2_000;
/** Milliseconds; etcd commits every 100 ms (`--backend-batch-interval`). */
const COMMITTED = 2_000;

export const row: Row = {
  number: 17,
  title: `token ttl ${TTL} s, restart, auth revision change, ${CALLS} calls in flight`,
  promise: "one re-authentication, calls and streams go on: <= 2 s",
  async run(trial) {
    const jwt = trial.use(await jwtArguments(TTL));
    const lives = [live(trial, "simple", [`--auth-token-ttl=${TTL}`]), live(trial, "jwt", jwt.args)];
    await Promise.allSettled(lives);
    await Promise.all(lives);
  },
};

/** The life of a client through all that happens to its tokens. */
async function live(trial: Trial, kind: string, args: readonly string[]): Promise<void> {
  const server = await trial.server({ rootPassword: "canary-of-the-root-password", args });
  const tokens = new Tokens(server);
  const { onEvent } = tokens;
  const c = await trial.connect(server.endpoint, { ...server.clientOptions, onEvent });
  const burst = (name: string, happens: () => Promise<void>) =>
    callsAfter(trial, c, tokens, `${kind}, ${name}`, happens);
  const follower = trial.use(new Follower(c, { prefix: "k/" }));
  const lease = await c.grantLease(LEASE);
  const keeper = lease.keepAlive();
  const granted = performance.now();
  await follower.ready;
  const expired = await burst("expired", () => pause((TTL + 3) * 1000));
  await tokens.renew(c);
  // What etcd has not committed to its backend it does again after a restart, logins too.
  await pause(COMMITTED);
  const restarted = await burst("server restarted", () => during(c, () => server.restart()));
  await tokens.renew(c);
  const changed = await burst("revision of users changed", () => during(c, () => tokens.change()));
  // A server forgets its simple tokens when it ends, and holds a JWT to the revision of users that it names.
  const logins = [expired.logins, kind === "simple" ? restarted.logins : changed.logins];
  assert(!logins.includes(0), `${kind}: a token stayed valid: ${logins}`);
  // Without a renewal it is lost.
  const left = () => LEASE - (performance.now() - granted) / 1000;
  for (let ttl = 1; ttl > 0 && ttl < left() + 2; await pause(100)) ({ ttl } = await lease.timeToLive());
  await follower.until(changed.last);
  const watches = [await follower.finish(changed.last)];
  trial.check({ watches, truth: await readTruth(server, changed.last) });
  trial.figure(`${kind}: lease lost`, lease.signal.aborted ? 1 : 0, 0);
  await keeper.close();
}

/** What makes the tokens of a client invalid, and how often it has logged in again. */
class Tokens {
  readonly #server: EtcdServer;
  #users = 0;
  logins = 0;
  /** When there was a new one, by `performance.now()`. */
  since: number = performance.now();

  constructor(server: EtcdServer) {
    this.#server = server;
  }

  readonly onEvent = ({ type }: ClientEvent): void => {
    if (type === "reauthenticated") this.logins++;
  };

  /** Changes the revision of users. */
  async change(): Promise<void> {
    await etcdctl(this.#server, ["user", "add", `user${this.#users++}:canary-of-somebody-else`]);
  }

  /** Has the client get a token that lives for all of its time. */
  async renew(c: EtcdCommunicator): Promise<void> {
    await this.change();
    this.since = performance.now();
    await c.get("k/0");
  }

  /** How often a token has run out since, or was about to; a JWT counts in whole seconds. */
  get expired(): number {
    return Math.floor((performance.now() - this.since + 1_000) / (TTL * 1000));
  }
}

/** Does something while calls are in flight, none of which may fail. */
async function during(c: EtcdCommunicator, happens: () => Promise<void>): Promise<void> {
  let done = false;
  const reading = Array.from({ length: CALLS / 10 }, async () => {
    while (!done) await c.get("k/0", { timeout: 30_000 });
  });
  await happens();
  done = true;
  await Promise.all(reading);
}

/** Many calls at once, after something has happened; what came before, streams too, may have logged in already. */
async function callsAfter(
  trial: Trial,
  c: EtcdCommunicator,
  tokens: Tokens,
  name: string,
  happens: () => Promise<void>,
) {
  const before = tokens.logins;
  await happens();
  const started = performance.now();
  const puts = await Promise.all(
    Array.from({ length: CALLS }, (_, i) => c.put(`k/${i}`, name, { timeout: 30_000 })),
  );
  trial.span(`${name}: all answered`, started, performance.now(), PROMISED);
  const logins = tokens.logins - before;
  // On a slow machine a token may run out beside what happens to it.
  trial.figure(`${name}: logins`, logins, name.endsWith("expired") ? tokens.expired : 1 + tokens.expired);
  return { last: Math.max(...puts.map(({ revision }) => Number(revision))), logins };
}
