import { assertEquals, assertThrows } from "@std/assert";
import { WatchfulSignal } from "../../src/lease/watchful_signal.ts";
import { test } from "../harness.ts";

test("a watchful signal looks before it says whether it is aborted, until it is", () => {
  let looks = 0;
  const watchful = new WatchfulSignal(() => {
    if (++looks === 2) watchful.abort("late");
  });
  assertEquals(watchful.signal.aborted, false);
  assertEquals(watchful.signal.aborted, true);
  assertEquals(watchful.signal.aborted, true);
  assertEquals(looks, 2);
  assertEquals(watchful.signal.reason, "late");
});

test("a watchful signal throws its reason where it is asked to", () => {
  const reason = new Error("late");
  const watchful = new WatchfulSignal(() => watchful.abort(reason));
  assertThrows(() => watchful.signal.throwIfAborted(), Error, "late");
});

test("a watchful signal tells its listeners once, and says the same to them", () => {
  const seen: boolean[] = [];
  const watchful = new WatchfulSignal(() => {});
  watchful.signal.addEventListener("abort", () => seen.push(watchful.signal.aborted));
  watchful.abort("first");
  watchful.abort("second");
  assertEquals(seen, [true]);
  assertEquals(watchful.signal.reason, "first");
});

test("a watchful signal is an abort signal to those who combine signals", () => {
  const watchful = new WatchfulSignal(() => {});
  const any = AbortSignal.any([watchful.signal, new AbortController().signal]);
  assertEquals([watchful.signal instanceof AbortSignal, any.aborted], [true, false]);
  watchful.abort("over");
  assertEquals([any.aborted, any.reason], [true, "over"]);
});
