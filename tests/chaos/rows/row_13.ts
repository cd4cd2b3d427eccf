/**
 * Large answers share a connection with a watch.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import type { Row } from "../rig/trial/row.ts";
import { pause } from "../rig/trial/trial.ts";

/** Ranges side by side, and what each reads: so many values of so many bytes. */
const RANGES = 20;
const VALUES = 8;
const VALUE = 1_000_000;
/** Milliseconds. */
const EVERY = 25;
const PROMISED = 1_000;

export const row: Row = {
  number: 13,
  title: "20 parallel 8 MB ranges beside a watch",
  promise: "the watch is not starved: p99 <= 1 s",
  async run(trial) {
    const rounds = trial.scale(3, 10);
    const server = await trial.server();
    const options = { ...server.clientOptions, timeout: 60_000 };
    const c = await trial.connect(server.endpoint, options);
    const writer = await trial.connect(server.endpoint, options);
    for (let i = 0; i < VALUES; i++) await writer.put(`big/${i}`, "x".repeat(VALUE));
    const watcher = c.watch("tick");
    await watcher.ready;
    const sent = new Map<string, number>();
    const latencies: number[] = [];
    const watching = (async () => {
      for await (const { value } of watcher) latencies.push(performance.now() - sent.get(value!)!);
    })();
    let done = false;
    const ticking = (async () => {
      for (let i = 0; !done; i++) {
        sent.set(`${i}`, performance.now());
        await writer.put("tick", `${i}`);
        await pause(EVERY);
      }
    })();
    const started = performance.now();
    for (let round = 0; round < rounds; round++) {
      const counts = await Promise.all(Array.from({ length: RANGES }, () => c.getPrefix("big/")));
      assertEquals(counts.map(({ size }) => size), Array(RANGES).fill(VALUES));
    }
    const took = performance.now() - started;
    done = true;
    await ticking;
    await watcher.close();
    await watching;
    latencies.sort((a, b) => a - b);
    trial.note("MB read a second", Math.round(rounds * RANGES * VALUES * VALUE / 1e3 / took));
    trial.note("median", Math.round(latencies[latencies.length >> 1]), "ms");
    trial.duration("p99 of the watch", latencies[Math.floor(latencies.length * 0.99)], PROMISED);
  },
};
