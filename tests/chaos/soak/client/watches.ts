/**
 * Watches that come and go, and one that hardly anything happens to.
 *
 * @module
 */

import { repeat, rested, type Scene } from "./scene.ts";

/** Milliseconds between two calls of a client that is idle, longer than a token lives. */
const IDLE = [6_000, 12_000] as const;

/** Opens and closes watches until the load is to end. */
export async function openAndClose(scene: Scene): Promise<void> {
  const { random, journal, communicators, stop } = scene;
  await repeat(scene, () => random.between(0, 300), async () => {
    const watcher = random.pick(communicators).watchPrefix("w/", { prevKv: random.chance(0.5) });
    try {
      if (random.chance(0.5)) await Promise.race([watcher.ready, rested(1_000, stop)]);
      if (random.chance(0.3)) await rested(random.between(0, 100), stop);
      await watcher.close();
      journal.count("watches opened and closed");
    } catch (error) {
      await watcher.close();
      journal.failed("watch", error);
    }
  });
}

/** Watches a key that is never written, and calls now and then; the watch has to last. */
export async function idle(scene: Scene): Promise<void> {
  const { random, journal, communicators } = scene;
  const c = communicators.at(-1)!;
  const watcher = c.watch("idle");
  const ended = (async () => {
    for await (const { key } of watcher) journal.find(`A watch of a key that nobody writes shows ${key}`);
  })().catch((error) => {
    journal.failed("idle watch", error);
    journal.find(`The idle watch ended with ${String(error)}`);
  });
  await repeat(scene, () => random.between(...IDLE), async () => {
    await c.get("idle").catch((error) => journal.failed("idle get", error));
  });
  await watcher.close();
  await ended;
}
