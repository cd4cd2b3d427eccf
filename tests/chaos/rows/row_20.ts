/**
 * Members come and go.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../mod.ts";
import type { EtcdServer } from "../../../src/testing/mod.ts";
import { Follower } from "../rig/history/follow.ts";
import { readTruth } from "../rig/history/oracle.ts";
import { Recorder } from "../rig/history/recorder.ts";
import { finish } from "../rig/load/finish.ts";
import { connectTo, Whereabouts } from "../rig/members.ts";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

const READERS = 2;
/** Reads are repeated for as long as an election may take on a busy machine. */
const retry = { maxAttempts: 50 };
/** Milliseconds. */
const AFTER = 1_000;

export const row: Row = {
  number: 20,
  title: "remove the connected member; add a learner",
  promise: "moves; learner skipped: failed reads = 0",
  async run(trial) {
    const removals = trial.scale(1, 2);
    const cluster = await trial.cluster();
    const learner = await cluster.add({ learner: true });
    // What clients meet first serves neither reads nor watches.
    const place = new Whereabouts(cluster);
    const c = await connectTo(trial, cluster, learner, { onEvent: place.onEvent, retry });
    const reading = trial.use(new Reading(c));
    const watching = await connectTo(trial, cluster, learner);
    const follower = trial.use(new Follower(watching, { prefix: "k/" }));
    await follower.ready;
    const unusable = new Set<EtcdServer | undefined>([undefined, learner]);
    for (let i = 0; i < removals; i++) {
      while (unusable.has(place.member)) await pause(50);
      const [connected, left] = [place.member!, trial.count("disconnected")];
      unusable.add(connected);
      await cluster.remove(connected);
      while (trial.count("disconnected") === left) await pause(50);
      await pause(AFTER);
    }
    await reading.stop();
    trial.note("reads", reading.count);
    trial.figure("failed reads", reading.failures.length, 0, "", reading.failures[0]);
    const recorder = new Recorder();
    const last = await finish(recorder, c, "k/");
    await follower.until(last);
    const watches = [await follower.finish(last)];
    trial.check({ calls: recorder.calls, watches, truth: await readTruth(cluster, last) });
  },
};

/** Reads all the time. */
class Reading implements AsyncDisposable {
  readonly failures: string[] = [];
  count = 0;
  #done = false;
  readonly #reading: Promise<unknown>;

  constructor(c: EtcdCommunicator) {
    this.#reading = Promise.all(Array.from({ length: READERS }, () => this.#read(c)));
  }

  async stop(): Promise<void> {
    this.#done = true;
    await this.#reading;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }

  async #read(c: EtcdCommunicator): Promise<void> {
    while (!this.#done) {
      this.count++;
      await c.get("k/a", { timeout: 30_000 }).catch((error) => this.failures.push(String(error)));
      await pause(5);
    }
  }
}
