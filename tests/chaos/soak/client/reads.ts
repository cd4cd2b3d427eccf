/**
 * Iterations over a range of keys that nobody changes: each shows all of it.
 *
 * @module
 */

import type { EtcdCommunicator } from "../../../../mod.ts";
import { isTyped } from "../../rig/gates/calls.ts";
import { insist } from "../../rig/load/insist.ts";
import { CANARY } from "./secrets.ts";
import { repeat, type Scene } from "./scene.ts";

const PREFIX = "static/";
const KEYS = 1_000;
/** Operations that etcd takes in one transaction. */
const AT_ONCE = 100;

/** Writes what will be read. */
export async function writeStatic(c: EtcdCommunicator): Promise<void> {
  for (let from = 0; from < KEYS; from += AT_ONCE) {
    // The members were restarted a moment ago; what is written twice is the same.
    await insist(() =>
      c.txn((t) => {
        for (let i = from; i < from + AT_ONCE; i++) t.put(keyOf(i), CANARY.padEnd(100, "x"));
      })
    );
  }
}

/** Runs until the load is to end. */
export async function readStatic(scene: Scene): Promise<void> {
  const { random, journal, communicators, stop } = scene;
  await repeat(scene, () => random.between(0, 1_000), async () => {
    let next = 0;
    try {
      const entries = random.pick(communicators).entries({ prefix: PREFIX }, { signal: stop });
      for await (const { key } of entries) {
        if (key !== keyOf(next)) journal.find(`An iteration came to ${key}, and ${keyOf(next)} was next`);
        next++;
        if (random.chance(0.0002)) return journal.count("iterations left");
      }
    } catch (error) {
      if (!stop.aborted || isTyped(error)) journal.failed("iteration", error);
      return;
    }
    if (next !== KEYS) journal.find(`An iteration ended after ${next} keys of ${KEYS}`);
    journal.count("iterations");
  });
}

function keyOf(index: number): string {
  return `${PREFIX}${String(index).padStart(6, "0")}`;
}
