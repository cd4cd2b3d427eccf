/**
 * Connections are cut while transactions are delivered in fragments.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ClientEvent, EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import type { Revision } from "../rig/history/truth.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause, type Trial } from "../rig/trial/trial.ts";
import { Ways } from "../rig/ways.ts";

/** Clients side by side, and how often each is cut off in the long form, and in the short one. */
const CLIENTS = 4;
const CUTS = 50;
const SHORT = 15;
/** A transaction has so many keys, some of them large values. */
const KEYS = 8;
const VALUE = 90_000;
/** Bytes of a request at most, and what etcd grants a response beyond: above both it comes in fragments. */
const LIMIT = 786_432;
const OVERHEAD = 524_288;
/** How often two large transactions come one after the other: with what was before, the second is above the limit. */
const LARGE = 0.03;
/** Connections are cut after so many bytes at most, or within a large transaction. */
const SOON = 30_000;
const WITHIN = 1_500_000;
/** Revisions by which the writer is ahead at most. */
const AHEAD = 30;

export const row: Row = {
  number: 8,
  title: `${CLIENTS * CUTS} random cuts under multi-key transactions, fragments on`,
  promise: "watch rules: lost, doubled, disordered, split = 0",
  async run(trial) {
    const server = await trial.server({ args: [`--max-request-bytes=${LIMIT}`] });
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => CutClient.start(trial, server)));
    const followers = clients.flatMap((client) => client.followers);
    const cutting = Promise.all(clients.map((client) => client.cut()));
    let done = false;
    cutting.finally(() => done = true);
    const last = await write(trial, writer, clients.map(({ followers: [all] }) => all), () => done);
    await cutting;
    await Promise.all(followers.map((follower) => follower.until(last)));
    const truth = await readTruth(server, last);
    const large = truth.filter((revision) => sizeOf(revision) > LIMIT + OVERHEAD).length;
    assert(large > 0, "nothing came in fragments");
    const watches = await Promise.all(followers.map((follower) => follower.finish(last)));
    trial.note("resumptions", trial.count("watchResumed"));
    trial.note("revisions", truth.length);
    trial.note("of them larger than a response", large);
    trial.check({ watches, truth });
  },
};

/** A client with watches of several kinds, which is cut off again and again. */
class CutClient {
  readonly #trial: Trial;
  readonly #ways: Ways;
  /** The first sees every key, and reads as fast as it can. */
  readonly followers: readonly Follower[];
  #resumed = () => {};

  private constructor(trial: Trial, ways: Ways, followers: readonly Follower[]) {
    this.#trial = trial;
    this.#ways = ways;
    this.followers = followers;
  }

  static async start(trial: Trial, server: EtcdServer): Promise<CutClient> {
    const ways = await Ways.open(trial, server, trial.scale(SHORT, CUTS) + 1);
    const onEvent = ({ type }: ClientEvent) => type === "watchResumed" && client.#resumed();
    const c = await trial.connect(ways.addresses, { ...server.clientOptions, onEvent });
    const pace = () => pause(trial.random.below(3));
    const kinds = [
      { prefix: "k/", prevKv: true },
      { prefix: "k/3", types: ["DELETE"] as const },
      { prefix: "k/", maxBufferedBytes: 50_000, pace },
    ];
    const client = new CutClient(trial, ways, kinds.map((kind) => trial.use(new Follower(c, kind))));
    await Promise.all(client.followers.map(({ ready }) => ready));
    return client;
  }

  /** Cuts it off, at any time or after any byte, and waits until its watches go on. */
  async cut(): Promise<void> {
    const { random } = this.#trial;
    for (let i = this.#trial.scale(SHORT, CUTS); i > 0; i--) {
      const resumed = new Promise<void>((resolve) => this.#resumed = resolve);
      const how = random.pick(["end", "reset"] as const);
      const bytes = () => random.below(random.chance(0.3) ? WITHIN : SOON);
      if (random.chance(0.5)) this.#ways.cut(how);
      else for (const link of this.#ways.links) link.toClient.cutAfter(bytes(), how);
      await resumed;
      // The server catches up with a watch within 100 ms.
      await pause(random.chance(0.3) ? random.below(10) : random.between(50, 200));
    }
  }
}

/** Writes transactions, never far ahead of what is delivered; returns the last revision, which all followers see. */
async function write(
  trial: Trial,
  c: EtcdCommunicator,
  followers: readonly Follower[],
  until: () => boolean,
): Promise<number> {
  for (let i = 0, large = 2;; i++, large--) {
    if (large <= 0 && trial.random.chance(LARGE)) large = 2;
    const [value, last] = [`${i}`.padEnd(large > 0 ? VALUE : 10, "x"), until()];
    const { revision } = await c.txn((t) =>
      Array.from(
        { length: KEYS },
        (_, key) => large > 0 || trial.random.chance(0.8) ? t.put(`k/${key}`, value) : t.delete(`k/${key}`),
      )
    );
    if (last) return await ending(c);
    const behind = () => Math.min(...followers.map((follower) => follower.last)) < Number(revision) - AHEAD;
    while (!until() && behind()) await pause(1);
  }
}

/** Bytes of the texts of a revision, with those that were there before. */
function sizeOf({ changes }: Revision): number {
  return changes.reduce(
    (sum, { key, value, prev }) => sum + key.length + (value?.length ?? 0) + (prev?.value.length ?? 0),
    0,
  );
}

/** A revision that shows in every watch. */
async function ending(c: EtcdCommunicator): Promise<number> {
  await c.put("k/3", "end");
  return Number((await c.delete("k/3")).revision);
}
