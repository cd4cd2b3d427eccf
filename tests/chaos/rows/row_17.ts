/**
 * Tokens expire, are forgotten, or are of an old revision, under calls and streams.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ClientEvent, EtcdCommunicator } from "../../../mod.ts";
import { etcdctl } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { jwtArguments } from "../rig/jwt.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";

const CALLS = 100;
/** Seconds that a token lives, and the revision of users that ends it earlier. */
const TTL = 5;
/** Seconds that the lease lives, which is renewed at a third of it. */
const LEASE = 18;
/** Milliseconds. */
const PROMISED = 2_000;

export const row: Row = {
  number: 17,
  title: `token ttl ${TTL} s, restart, auth revision change, ${CALLS} calls in flight`,
  promise: "one re-authentication, calls and streams go on: <= 2 s",
  async run(trial) {
    const jwt = trial.use(await jwtArguments(TTL));
    await Promise.all([
      live(trial, "simple", [`--auth-token-ttl=${TTL}`]),
      live(trial, "jwt", jwt.args),
    ]);
  },
};

/** The life of a client through all that happens to its tokens. */
async function live(trial: Trial, kind: string, args: readonly string[]): Promise<void> {
  const server = await trial.server({ rootPassword: "canary-of-the-root-password", args });
  const life = { logins: 0 };
  const onEvent = ({ type }: ClientEvent) => type === "reauthenticated" && life.logins++;
  const c = await trial.connect(server.endpoint, { ...server.clientOptions, onEvent });
  const burst = (name: string, happens: () => Promise<void>) =>
    callsAfter(trial, c, life, `${kind}, ${name}`, happens);
  const follower = trial.use(new Follower(c, { prefix: "k/" }));
  // Renewed less often than the token lives: what is used does not expire.
  const lease = await c.grantLease(LEASE);
  const keeper = lease.keepAlive();
  const granted = performance.now();
  await follower.ready;
  await burst("fresh", () => Promise.resolve());
  const expired = await burst("expired", () => pause((TTL + 3) * 1000));
  assert(expired.logins > 0, "the token never expired");
  const { ttl } = await lease.timeToLive();
  assert(
    ttl > LEASE - (performance.now() - granted) / 1000 + 2,
    `the lease was not renewed: ${ttl} s are left`,
  );
  await burst("server restarted", () => server.restart());
  const { last } = await burst("revision of users changed", async () => {
    await etcdctl(server, ["user", "add", "somebody:else"]);
  });
  await follower.until(last);
  trial.check({ watches: [await follower.finish(last)], truth: await readTruth(server, last) });
  trial.figure(`${kind}: lease lost`, lease.signal.aborted ? 1 : 0, 0);
  await keeper.close();
}

/** Many calls at once, after something has happened. Streams may have noticed it, and have logged in, before them. */
async function callsAfter(
  trial: Trial,
  c: EtcdCommunicator,
  life: { readonly logins: number },
  name: string,
  happens: () => Promise<void>,
) {
  const before = life.logins;
  await happens();
  const started = performance.now();
  const puts = await Promise.all(
    Array.from({ length: CALLS }, (_, i) => c.put(`k/${i}`, name, { timeout: 30_000 })),
  );
  trial.span(`${name}: all answered`, started, performance.now(), PROMISED);
  const logins = life.logins - before;
  trial.figure(`${name}: logins`, logins, 1);
  return { last: Math.max(...puts.map(({ revision }) => Number(revision))), logins };
}
