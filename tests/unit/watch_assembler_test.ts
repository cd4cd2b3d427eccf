import { assertEquals } from "@std/assert";
import { Assembler, changeAt, countOf, type Revision } from "../../src/watch/assembler.ts";
import { Event } from "../../proto/gen/mvcc.ts";
import { showText } from "../../src/bytes.ts";
import { decodeEvent } from "../../src/rpc/wire/decode.ts";
import type { WireEvent } from "../../src/rpc/wire/event.ts";
import { test } from "../harness.ts";
import { put } from "./watch_script.ts";

/** `"5a"` is an event of revision 5 for key a; a response is events, with a `+` where it is a fragment. */
function response(text: string): [events: WireEvent[], fragment: boolean] {
  const words = text.split(" ").filter((word) => word !== "" && word !== "+");
  const events = words.map((word) => {
    return decodeEvent(Event.encode(put(word.replace(/\d+/, ""), "", BigInt(parseInt(word)))).finish());
  });
  return [events, text.endsWith("+")];
}

function show(revision: Revision): string {
  const events = Array.from({ length: countOf(revision) }, (_, index) => changeAt(revision, index));
  return events.map((event) => `${event.revision}${showText(event.kv!.key)}`).join(" ");
}

const TABLE: readonly [title: string, floor: bigint, responses: string[], delivered: string[][]][] = [
  ["one revision", 1n, ["5a"], [["5a"]]],
  ["a revision with several keys stays together", 1n, ["5a 5b 5c"], [["5a 5b 5c"]]],
  ["a key twice in a revision is kept twice, in order", 1n, ["5a 5b 5a"], [["5a 5b 5a"]]],
  ["catching up brings many revisions at once", 1n, ["2a 3a 3b 7a"], [["2a", "3a 3b", "7a"]]],
  ["a fragment waits for the rest", 1n, ["5a 5b +", "5c"], [[], ["5a 5b 5c"]]],
  ["many fragments", 1n, ["5a +", "5b +", "5c +", "5d"], [[], [], [], ["5a 5b 5c 5d"]]],
  ["a fragment hands out what is whole in it", 1n, ["4a 5a +", "5b 6a +", "6b"], [["4a"], ["5a 5b"], [
    "6a 6b",
  ]]],
  ["a fragment may end where a revision ends", 1n, ["5a 5b +", "6a"], [[], ["5a 5b", "6a"]]],
  ["what is below the floor is dropped", 5n, ["3a 4a 5a"], [["5a"]]],
  ["all below the floor", 9n, ["3a 4a"], [[]]],
  ["a fragment below the floor is not held", 5n, ["4a +", "4b 5a"], [[], ["5a"]]],
  ["a revision that comes again in one response is dropped", 1n, ["5a 6a 5a 6a 7a"], [["5a", "6a", "7a"]]],
  ["a response without events", 1n, [""], [[]]],
];

for (const [title, floor, responses, delivered] of TABLE) {
  test(`assembling: ${title}`, () => {
    const assembler = new Assembler();
    const got = responses.map((text) => assembler.push(...response(text), floor).map(show));
    assertEquals(got, delivered);
    assertEquals(assembler.partialSize, 0);
  });
}

test("a partial revision is counted, and forgotten on request", () => {
  const assembler = new Assembler();
  const [events] = response("5a 5b");
  assertEquals(assembler.push(events, true, 1n), []);
  assertEquals(assembler.partialSize, events[0].size + events[1].size);
  assembler.discard();
  assertEquals(assembler.partialSize, 0);
  const [whole] = assembler.push(...response("5a 5b 5c"), 1n);
  assertEquals(show(whole), "5a 5b 5c");
  assertEquals(whole.size, 3 * events[0].size);
});
