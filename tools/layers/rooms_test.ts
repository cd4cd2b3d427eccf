import { assertEquals } from "@std/assert";
import { test } from "../../tests/harness.ts";
import { circles } from "./circles.ts";
import { forbidden, type Room } from "./rooms.ts";

const ROOMS: readonly Room[] = [
  { name: "bottom", holds: ["bottom.ts"] },
  { name: "secret", holds: ["secret/"], importers: ["middle"] },
  { name: "middle", holds: ["middle/"] },
  { name: "narrow", holds: ["narrow.ts"], imports: ["bottom"] },
  { name: "top", holds: ["top.ts"] },
];

test("imports to the left and within a room are allowed", () => {
  const graph = new Map([
    ["top.ts", ["middle/a.ts", "narrow.ts", "bottom.ts"]],
    ["middle/a.ts", ["middle/b.ts", "secret/x.ts"]],
    ["narrow.ts", ["bottom.ts"]],
  ]);
  assertEquals(forbidden(graph, ROOMS), []);
});

test("imports to the right, past a room's own limits, and of files without a room are named", () => {
  const graph = new Map([
    ["bottom.ts", ["top.ts"]],
    ["top.ts", ["secret/x.ts"]],
    ["narrow.ts", ["middle/a.ts"]],
    ["stray.ts", ["bottom.ts"]],
  ]);
  assertEquals(forbidden(graph, ROOMS), [
    "bottom.ts (bottom) imports top.ts (top)",
    "top.ts (top) imports secret/x.ts (secret)",
    "narrow.ts (narrow) imports middle/a.ts (middle)",
    "stray.ts is in no room: give it one in tools/layers/rooms.ts",
  ]);
});

test("a circle is found once, and a diamond is none", () => {
  const graph = new Map([
    ["a", ["b", "c"]],
    ["b", ["d"]],
    ["c", ["d"]],
    ["d", ["e"]],
    ["e", ["b"]],
  ]);
  assertEquals(circles(graph), [["b", "d", "e", "b"]]);
});
