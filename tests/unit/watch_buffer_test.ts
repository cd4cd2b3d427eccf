import { assertEquals } from "@std/assert";
import { type Received, WatchBuffer } from "../../src/watch/buffer.ts";
import { test } from "../harness.ts";

function revision(revision: bigint, size: number) {
  return { revision, events: [], size };
}

function drain(buffer: WatchBuffer): string[] {
  const items: string[] = [];
  for (let item: Received | undefined; (item = buffer.shift());) {
    items.push("progress" in item ? `progress ${item.progress}` : `${item.revision}`);
  }
  return items;
}

const ADMISSION: readonly [
  title: string,
  largeAlone: boolean,
  held: number[],
  size: number,
  admitted: boolean,
][] = [
  ["what fits", true, [40], 60, true],
  ["not a byte more", true, [40], 61, false],
  ["a large revision alone, where it pauses", true, [], 1000, true],
  ["not a large revision beside another", true, [1], 1000, false],
  ["no large revision where overflow is an error", false, [], 101, false],
  ["just the limit where overflow is an error", false, [], 100, true],
];

for (const [title, largeAlone, held, size, admitted] of ADMISSION) {
  test(`a buffer of 100 bytes admits: ${title}`, () => {
    const buffer = new WatchBuffer(100, largeAlone);
    held.forEach((bytes, i) => buffer.push(revision(BigInt(i), bytes)));
    assertEquals(buffer.admits(size), admitted);
  });
}

test("a buffer hands out in order and counts its bytes", () => {
  const buffer = new WatchBuffer(100, true);
  buffer.push(revision(1n, 10));
  buffer.push(revision(2n, 20));
  assertEquals(buffer.size, 30);
  assertEquals(buffer.head, revision(1n, 10));
  assertEquals(buffer.shift(), revision(1n, 10));
  assertEquals(buffer.size, 20);
  buffer.push(revision(3n, 5));
  assertEquals(drain(buffer), ["2", "3"]);
  assertEquals([buffer.size, buffer.head, buffer.shift()], [0, undefined, undefined]);
});

test("of progress in a row, a buffer keeps the last; between revisions it keeps its place", () => {
  const buffer = new WatchBuffer(100, true);
  buffer.progress(1n);
  buffer.progress(2n);
  buffer.push(revision(3n, 1));
  buffer.progress(4n);
  buffer.progress(5n);
  buffer.push(revision(6n, 1));
  assertEquals(drain(buffer), ["progress 2", "3", "progress 5", "6"]);
  buffer.progress(7n);
  assertEquals(buffer.shift(), { progress: 7n });
  buffer.progress(8n);
  assertEquals(drain(buffer), ["progress 8"], "what was taken is not written to");
});

test("a buffer that is never empty gives back the memory of what was taken", () => {
  const buffer = new WatchBuffer(Infinity, true);
  let next = 0n;
  for (let i = 0; i < 10; i++) buffer.push(revision(next++, 1));
  for (let i = 0n; i < 10_000n; i++) {
    buffer.push(revision(next++, 1));
    assertEquals(buffer.shift(), revision(i, 1));
  }
  assertEquals(buffer.size, 10);
});

test("a cleared buffer is as new", () => {
  const buffer = new WatchBuffer(100, false);
  buffer.push(revision(1n, 100));
  buffer.progress(2n);
  buffer.clear();
  assertEquals([buffer.size, buffer.head, buffer.admits(100)], [0, undefined, true]);
});
