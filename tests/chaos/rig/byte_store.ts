/**
 * What a store of byte strings has to hold, byte for byte.
 *
 * @module
 */

import type { KeyRange, KeyValue } from "../../../mod.ts";
import type { Random } from "./random.ts";

type Pair = readonly [key: Uint8Array, value: Uint8Array];

/** Keys at the edges of the order of bytes, each once, and random ones that have such bytes. */
export function edgeKeys(random: Random, count: number): Uint8Array[] {
  const edges = [[0], [0, 0], [0, 0xff], [0x61], [0x61, 0], [0x61, 0xff], [0x61, 0xff, 0xff], [0x62], [0xff]];
  const keys: Uint8Array[] = [...edges, [0xff, 0], [0xff, 0xff], [0xff, 0xff, 0xff]].map((key) =>
    Uint8Array.from(key)
  );
  while (keys.length < count) keys.push(edgeBytes(random, 1 + random.below(40)));
  return [...new Map(keys.map((key) => [String(key), key])).values()];
}

/** Bytes of which many are 0 or 0xff. */
function edgeBytes(random: Random, length: number): Uint8Array {
  return Uint8Array.from({ length }, () => random.pick([0, 0x61, 0xff, random.below(256)]));
}

/** See the module. It also counts what was found to be otherwise. */
export class ByteStore {
  /** All that was put, oldest first. */
  readonly history: Pair[] = [];
  #pairs: Pair[] = [];
  mismatches = 0;

  /** A key that is not there yet. */
  put(key: Uint8Array, value: Uint8Array): void {
    this.history.push([key, value]);
    this.#pairs.push([key, value]);
    this.#pairs.sort(([a], [b]) => compare(a, b));
  }

  /** @returns How many there were. */
  delete(range: KeyRange): number {
    const gone = this.within(range);
    this.#pairs = this.#pairs.filter((pair) => !gone.includes(pair));
    return gone.length;
  }

  /** What a range has, in its order. */
  within({ all, prefix, start, end }: KeyRange): readonly Pair[] {
    return this.#pairs.filter(([key]) => {
      if (all) return true;
      if (prefix instanceof Uint8Array) return compare(key.subarray(0, prefix.length), prefix) === 0;
      if (compare(key, start as Uint8Array) < 0) return false;
      return end === undefined || compare(key, end as Uint8Array) < 0;
    });
  }

  /** A range that begins and ends at, before or after what is there. */
  randomRange(random: Random): KeyRange {
    const bytes = () => {
      const [key] = random.pick(this.#pairs);
      return random.chance(0.5) ? key : key.subarray(0, 1 + random.below(key.length));
    };
    if (random.chance(0.5)) return { prefix: bytes() };
    if (random.chance(0.3)) return { start: bytes() };
    const [start, end] = [bytes(), bytes()].sort(compare);
    return { start, end };
  }

  /** Compares two byte strings. */
  same(a: Uint8Array | null | undefined, b: Uint8Array): void {
    if (a == null || compare(a, b) !== 0) this.mismatches++;
  }

  /** Compares a key that was just put. */
  sameEntry(entry: KeyValue<unknown> | null, key: Uint8Array, revision: bigint): void {
    this.same(entry?.keyBytes, key);
    if (entry?.modRevision !== revision || entry.version !== 1n) this.mismatches++;
  }

  /** Compares what was read of a range. */
  sameList(kvs: readonly KeyValue<unknown>[], expected: readonly Pair[]): void {
    if (kvs.length !== expected.length) this.mismatches++;
    expected.forEach(([key, value], i) => {
      this.same(kvs[i]?.keyBytes, key);
      this.same(kvs[i]?.valueBytes, value);
    });
  }
}

/** In the order of etcd: as unsigned bytes, shorter first. */
function compare(a: Uint8Array, b: Uint8Array): number {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    if (a[i] !== b[i]) return a[i] - b[i];
  }
  return a.length - b.length;
}
