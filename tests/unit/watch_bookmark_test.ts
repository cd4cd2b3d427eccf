import { assertEquals } from "@std/assert";
import { Bookmark } from "../../src/watch/bookmark.ts";
import { test } from "../harness.ts";

type Step = ["created" | "received" | "progressed" | "saw", bigint];

const TABLE: readonly [
  title: string,
  start: bigint,
  steps: Step[],
  expected: { next: bigint; floor: bigint; seen: bigint },
][] = [
  ["nothing is known before the creation", 0n, [], { next: 0n, floor: 0n, seen: 0n }],
  ["a creation without a start is the place", 0n, [["created", 7n]], { next: 8n, floor: 8n, seen: 7n }],
  ["a creation with a start changes nothing", 3n, [["created", 7n]], { next: 3n, floor: 3n, seen: 7n }],
  ["nor with a start in the future", 100n, [["created", 7n]], { next: 100n, floor: 100n, seen: 7n }],
  [
    "an event moves it just past itself",
    3n,
    [["created", 90n], ["saw", 95n], ["received", 40n]],
    { next: 41n, floor: 41n, seen: 95n },
  ],
  ["progress moves it", 0n, [["created", 7n], ["progressed", 20n]], { next: 21n, floor: 8n, seen: 20n }],
  [
    "progress never moves it down",
    0n,
    [["created", 7n], ["received", 30n], ["progressed", 20n]],
    { next: 31n, floor: 31n, seen: 30n },
  ],
  [
    "an event that progress overtook is still wanted",
    0n,
    [["created", 7n], ["progressed", 20n], ["received", 15n]],
    { next: 21n, floor: 16n, seen: 20n },
  ],
  [
    "created again, it asks for nothing below its place",
    0n,
    [["created", 7n], ["progressed", 20n], ["created", 18n]],
    { next: 21n, floor: 21n, seen: 20n },
  ],
  [
    "created again on a member that is ahead",
    0n,
    [["created", 7n], ["received", 9n], ["created", 50n]],
    { next: 10n, floor: 10n, seen: 50n },
  ],
];

for (const [title, start, steps, expected] of TABLE) {
  test(`bookmark: ${title}`, () => {
    const bookmark = new Bookmark(start);
    for (const [step, revision] of steps) bookmark[step](revision);
    const { next, floor, seen } = bookmark;
    assertEquals({ next, floor, seen }, expected);
  });
}
