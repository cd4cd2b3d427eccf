/**
 * The load that is written down, window by window, so that its history does not grow. Watches go on from one window
 * into the next.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../../mod.ts";
import { Follower, type FollowOptions } from "../../rig/history/follow.ts";
import { Recorder } from "../../rig/history/recorder.ts";
import type { WatchLog } from "../../rig/history/watch_log.ts";
import { finish } from "../../rig/load/finish.ts";
import { Load } from "../../rig/load/load.ts";
import type { ClientMessage, Window } from "./messages.ts";
import { CANARY } from "./secrets.ts";
import { rested, type Scene } from "./scene.ts";

/** All keys of the load begin with it, and those of a window with a number behind it. */
const PREFIX = "w/";
/** Milliseconds that a call may take. */
const TIMEOUT = 5_000;
/** Which share of the calls is given up. */
const GIVEN_UP = 0.05;

/** How much there is of it. */
export interface Extent {
  /** Milliseconds, of all windows and of one. */
  readonly total: number;
  readonly window: number;
  /** Calls a second. */
  readonly rate: number;
}

/** Follows all windows, anew where a watch ended that should not have. */
class Followed {
  readonly #scene: Scene;
  readonly #open: () => Follower;
  #follower: Follower;

  constructor(scene: Scene, c: EtcdCommunicator, options: FollowOptions) {
    this.#scene = scene;
    this.#open = () => new Follower(c, options);
    this.#follower = this.#open();
  }

  async take(until: number): Promise<WatchLog[]> {
    try {
      return [await this.#follower.take(until)];
    } catch (error) {
      const { journal } = this.#scene;
      journal.failed("watch of the load", error);
      journal.find(`A watch of the load ended with ${String(error)}`);
      await this.close();
      this.#follower = this.#open();
      return [];
    }
  }

  close(): Promise<void> {
    return this.#follower.close();
  }
}

/** Loads etcd for so long; each window is told of when it is complete. */
export async function runWindows(
  scene: Scene,
  { total, window, rate }: Extent,
  tell: (message: ClientMessage) => void,
  afterWindow: () => void,
): Promise<void> {
  const { random, communicators } = scene;
  const [first, second, third] = communicators;
  const pace = () => rested(random.below(4), scene.stop);
  const followed = [
    new Followed(scene, first, { prefix: PREFIX, prevKv: true }),
    new Followed(scene, second, { prefix: PREFIX, types: ["PUT"] }),
    new Followed(scene, third, { prefix: PREFIX, maxBufferedBytes: 20_000, pace }),
  ];
  const started = performance.now();
  for (let index = 0; performance.now() - started < total; index++) {
    const left = started + total - performance.now();
    tell({ kind: "window", window: await runWindow(scene, followed, index, Math.min(window, left), rate) });
    afterWindow();
  }
  await Promise.all(followed.map((one) => one.close()));
}

async function runWindow(
  scene: Scene,
  followed: readonly Followed[],
  index: number,
  milliseconds: number,
  rate: number,
): Promise<Window> {
  const { random, journal, communicators } = scene;
  const prefix = `${PREFIX}${index}/`;
  const recorder = new Recorder((call) => journal.call(call));
  const fresh = new Followed(scene, random.pick(communicators), { prefix });
  const load = new Load({
    random,
    recorder,
    communicators,
    prefix,
    rate,
    name: `${CANARY}-${index}-`,
    timeout: TIMEOUT,
    givenUp: GIVEN_UP,
  });
  await new Promise((resolve) => setTimeout(resolve, milliseconds));
  await load.stop();
  const end = await finish(recorder, communicators[0], prefix);
  const watches = (await Promise.all(followed.map((one) => one.take(end)))).flat();
  watches.push(...await fresh.take(end));
  await fresh.close();
  return { index, prefix, calls: recorder.calls, watches, end };
}
