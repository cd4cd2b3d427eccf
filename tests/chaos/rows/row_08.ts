/**
 * Connections are cut while transactions are delivered in fragments.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { ClientEvent, EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { check } from "../rig/check/all.ts";
import { Follower } from "../rig/history/follow.ts";
import { Oracle } from "../rig/history/oracle.ts";
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
/** Revisions by which the writer is ahead of every watch at most. */
const AHEAD = 50;

export const row: Row = {
  number: 8,
  title: `${CLIENTS * CUTS} random cuts under multi-key transactions, fragments on`,
  promise: "watch rules: lost, doubled, disordered, split = 0",
  async run(trial) {
    const server = await trial.server({ args: [`--max-request-bytes=${LIMIT}`] });
    const writer = await trial.connect(server.endpoint, server.clientOptions);
    const clients = await Promise.all(Array.from({ length: CLIENTS }, () => CutClient.start(trial, server)));
    const load = new Load(trial, writer, clients.flatMap(({ followers: [fast, , slow] }) => [fast, slow]));
    const judge = new Judge(trial, server, clients.flatMap(({ followers }) => followers));
    await trial.repeat(trial.scale(SHORT, CUTS), async () => {
      const writing = load.run();
      writing.catch(() => {}); // if the cuts fail too, they tell why
      await Promise.all(clients.map((client) => client.cut(load))).finally(() => load.stop());
      await judge.judge(await writing);
    });
    await judge.finish();
    trial.note("resumptions", trial.count("watchResumed"));
  },
};

/** Judges what the watches show as it comes, and forgets it: what is left on the heap is the client's. */
class Judge {
  readonly #trial: Trial;
  readonly #oracle: Oracle;
  readonly #followers: readonly Follower[];
  #revisions = 0;
  #large = 0;
  #end = 0;

  constructor(trial: Trial, server: EtcdServer, followers: readonly Follower[]) {
    this.#trial = trial;
    this.#oracle = trial.use(new Oracle(server));
    this.#followers = followers;
  }

  /** Judges what came up to a revision that shows in every watch. */
  async judge(end: number): Promise<void> {
    const watches = await Promise.all(this.#followers.map((follower) => follower.take(end)));
    const evidence = { watches, truth: await this.#truth(end) };
    if (check(evidence).length > 0) this.#trial.check(evidence);
    this.#end = end;
  }

  /** Ends the watches, and judges how. */
  async finish(): Promise<void> {
    const watches = await Promise.all(this.#followers.map((follower) => follower.finish(this.#end)));
    assert(this.#large > 0, "nothing came in fragments");
    this.#trial.note("revisions", this.#revisions);
    this.#trial.note("of them larger than a response", this.#large);
    this.#trial.check({ watches, truth: [] });
  }

  async #truth(end: number): Promise<Revision[]> {
    await this.#oracle.until(end);
    const truth = this.#oracle.take(end);
    this.#revisions += truth.length;
    this.#large += truth.filter((revision) => sizeOf(revision) > LIMIT + OVERHEAD).length;
    return truth;
  }
}

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

  /** Cuts it off, at any time or after any byte, and waits until all its watches go on. */
  async cut(load: Load): Promise<void> {
    const { random } = this.#trial;
    // The server catches up with a watch within 100 ms.
    await pause(random.chance(0.3) ? random.below(10) : random.between(50, 200));
    const resumed = new Promise<void>((resolve) => this.#resumed = resolve);
    const how = random.pick(["end", "reset"] as const);
    const bytes = () => random.below(random.chance(0.3) ? WITHIN : SOON);
    if (random.chance(0.5)) this.#ways.cut(how);
    else for (const link of this.#ways.links) link.toClient.cutAfter(bytes(), how);
    await Promise.race([resumed, ...this.followers.map((follower) => follower.ended())]);
    // Not all tell that they resume: one that was paused just begins again. What came on the old connection was
    // written before.
    const { next } = load;
    await Promise.all(this.followers.map((follower) => follower.until(next)));
  }
}

/** Writes transactions, never far ahead of what is delivered. */
class Load {
  readonly #trial: Trial;
  readonly #c: EtcdCommunicator;
  readonly #followers: readonly Follower[];
  #last = 0;
  #count = 0;
  /** How many of the next transactions are large. */
  #large = 2;
  #stopped = false;

  /** @param followers Those that see every key. */
  constructor(trial: Trial, c: EtcdCommunicator, followers: readonly Follower[]) {
    this.#trial = trial;
    this.#c = c;
    this.#followers = followers;
  }

  /** A revision that is not on its way yet: one may be, after the last that was answered. */
  get next(): number {
    return this.#last + 2;
  }

  /** Lets it come to rest. */
  stop(): void {
    this.#stopped = true;
  }

  /** Writes until it is stopped; returns the last revision, which shows in every watch. */
  async run(): Promise<number> {
    const { random } = this.#trial;
    for (this.#stopped = false; !this.#stopped; this.#count++, this.#large--) {
      if (this.#large <= 0 && random.chance(LARGE)) this.#large = 2;
      const large = this.#large > 0;
      const value = `${this.#count}`.padEnd(large ? VALUE : 10, "x");
      const { revision } = await this.#c.txn((t) =>
        Array.from(
          { length: KEYS },
          (_, key) => large || random.chance(0.8) ? t.put(`k/${key}`, value) : t.delete(`k/${key}`),
        )
      );
      this.#last = Number(revision);
      while (!this.#stopped && this.#behind()) await pause(1);
    }
    await this.#c.put("k/3", "end");
    return this.#last = Number((await this.#c.delete("k/3")).revision);
  }

  #behind(): boolean {
    return Math.min(...this.#followers.map(({ last }) => last)) < this.#last - AHEAD;
  }
}

/** Bytes of the texts of a revision, with those that were there before. */
function sizeOf({ changes }: Revision): number {
  return changes.reduce(
    (sum, { key, value, prev }) => sum + key.length + (value?.length ?? 0) + (prev?.value.length ?? 0),
    0,
  );
}
