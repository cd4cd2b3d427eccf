import { assertEquals } from "@std/assert";
import { PingTimes } from "../../src/transport/ping_times.ts";
import { test } from "../harness.ts";

/** Complains until the time stays as it is; what it was on the way. */
function raised(times: PingTimes, name: string): number[] {
  const all = [times.of(name)];
  for (;;) {
    times.tooMany(name);
    if (times.of(name) === all.at(-1)) return all;
    all.push(times.of(name));
  }
}

test("a server that complains is asked half as often, down to once in five minutes", () => {
  const times = new PingTimes(10_000);
  assertEquals(raised(times, "a:1"), [10_000, 20_000, 40_000, 80_000, 160_000, 300_000]);
});

test("a complaint changes nothing for other servers", () => {
  const times = new PingTimes(10_000);
  times.tooMany("a:1");
  assertEquals([times.of("a:1"), times.of("b:1")], [20_000, 10_000]);
});

test("a user's longer time stays as it is", () => {
  assertEquals(raised(new PingTimes(2 ** 31 - 1), "a:1"), [2 ** 31 - 1]);
});
