/**
 * Members are killed under load.
 *
 * @module
 */

import { assert } from "@std/assert";
import type { EtcdCommunicator } from "../../../mod.ts";
import { type Call, isLinearizable, type Operation } from "../rig/history/call.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { Load } from "../rig/load/load.ts";
import { longestOutage, type Outage } from "../rig/load/outage.ts";
import { Probe } from "../rig/load/probe.ts";
import { connectTo, Whereabouts } from "../rig/members.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Calls a second. */
const RATE = 200;
/** Puts that are under way all the time up to a kill, so that some are executed and lose their answer. */
const UNDER_WAY = 100;
/** Milliseconds by which a kill comes later at most: answers come in waves, and right after one nothing is executed. */
const SHIFT = 20;
/** Where the processes of the first crowd begin, and the most that it has; an even number, as there are two clients. */
const CROWDS = 2_000;
/** Where the processes of the first client's probe begin, and how many a probe has at most. */
const PROBES = 10_000;
/** Milliseconds of load before and after a kill. */
const BEFORE = 1_000;
const AFTER = 5_000;

export const row: Row = {
  number: 1,
  title: "three nodes, kill -9 the connected member or the leader, 200 op/s",
  promise: "outage: follower <= 1 s, leader <= 4 s; no wrong maybeExecuted, watches continue",
  async run(trial) {
    const cluster = await trial.cluster();
    const leader = await cluster.leader();
    const [first, second] = cluster.servers.filter((server) => server !== leader);
    // One client begins at each of the members that will be killed.
    const place = new Whereabouts(cluster);
    const clients = [
      await connectTo(trial, cluster, first, { onEvent: place.onEvent }),
      await connectTo(trial, cluster, leader),
    ];
    const recorder = new Recorder();
    const followers = clients.map((c) => trial.use(new Follower(c, { prefix: "k/", prevKv: true })));
    await Promise.all(followers.map(({ ready }) => ready));
    const load = trial.use(
      new Load({ random: trial.random, recorder, communicators: clients, prefix: "k/", rate: RATE }),
    );
    const probes = clients.map((c, i) => trial.use(new Probe(recorder, c, PROBES * (i + 1), "k/0")));
    const crowds: Crowd[] = [];
    for (const role of ["follower", "leader"] as const) {
      await pause(BEFORE);
      const victim = role === "follower" ? place.member! : await cluster.leader();
      const crowd = trial.use(new Crowd(recorder, clients, role, CROWDS * (crowds.length + 1)));
      crowds.push(crowd);
      await crowd.busy;
      await pause(trial.random.below(SHIFT));
      const [killed, lost] = [performance.now(), trial.count("disconnected")];
      await victim.kill();
      crowd.leave();
      await pause(AFTER);
      assert(role === "leader" || trial.count("disconnected") > lost, "no client was connected to it");
      const now = performance.now();
      const outages = clients.map((_, i) => longestOutage(callsOf(recorder, i, clients.length), killed, now));
      const worst = role === "follower" ? outages[0] : outages.reduce(longer);
      trial.span(`outage, ${role}`, ...worst, role === "follower" ? 1_000 : 4_000);
      await victim.restart();
    }
    const last = (await Promise.all(crowds.map(({ last }) => last))).flat();
    await Promise.all([load, ...probes].map((calls) => calls.stop()));
    const end = await finish(recorder, clients[0], "k/");
    await Promise.all(followers.map((follower) => follower.until(end)));
    const watches = await Promise.all(followers.map((follower) => follower.finish(end)));
    const truth = await readTruth(second, end);
    const values = new Set(truth.flatMap(({ changes }) => changes.map(({ value }) => value)));
    const unanswered = last.filter(({ response }) => response === undefined);
    trial.note("calls", recorder.calls.length);
    trial.note("puts that lost their answer", unanswered.length);
    trial.note("of them executed", unanswered.filter(({ request }) => values.has(valueOf(request))).length);
    trial.check({ calls: recorder.calls, watches, truth });
  },
};

/** Processes that put keys of their own, by all clients in turn, as fast as they are answered. */
class Crowd implements AsyncDisposable {
  /** Resolves when each has been answered a few times. */
  readonly busy: Promise<void>;
  /** The last call of each. */
  readonly last: Promise<Call[]>;
  #left = false;

  constructor(recorder: Recorder, clients: readonly EtcdCommunicator[], name: string, first: number) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.busy = promise;
    let answered = 0;
    this.last = Promise.all(Array.from({ length: UNDER_WAY }, async (_, i) => {
      const [proc, c] = [first + i, clients[i % clients.length]];
      for (let n = 0;; n++) {
        const value = `${name} ${i} ${n}`;
        const put = { kind: "write", puts: [`k/${name}/${i}`], deletes: [], value } as const;
        const call = await recorder.record(proc, c, put);
        if (++answered === 3 * UNDER_WAY) resolve();
        if (this.#left) return call;
      }
    }));
  }

  /** Lets calls under way finish. Idempotent. */
  leave(): void {
    this.#left = true;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.leave();
    await this.last;
  }
}

function valueOf(request: Operation): string {
  return request.kind === "read" ? "" : request.value;
}

/** The calls of one client that a leader has to answer: other members answer serializable reads without one. */
function callsOf({ calls }: Recorder, client: number, clients: number): Call[] {
  const of = (proc: number) => proc < PROBES ? proc % clients : Math.floor(proc / PROBES) - 1;
  return calls.filter((call) => isLinearizable(call) && of(call.proc) === client);
}

function longer(one: Outage, other: Outage): Outage {
  return other[1] - other[0] > one[1] - one[0] ? other : one;
}
