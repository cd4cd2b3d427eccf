import { assert, assertEquals, assertThrows } from "@std/assert";
import { encodeText as text } from "../../src/bytes.ts";
import { type Compare, CompareKey, compareMessage, ownerCompare } from "../../src/compare.ts";
import { Keyspace, type Selector } from "../../src/keys.ts";
import { test } from "../harness.ts";

const EQUAL = 0, GREATER = 1, LESS = 2, NOT_EQUAL = 3;
const wire = (compare: Compare, keys = Keyspace.root) => compareMessage(compare, keys);

test("each target and each operator has its place in the message", () => {
  const key = new CompareKey("k");
  const rows: [Compare, Compare["target"], number, number, bigint | Uint8Array][] = [
    [key.version.eq(1n), "version", 0, EQUAL, 1n],
    [key.createRevision.gt(2n), "createRevision", 1, GREATER, 2n],
    [key.modRevision.lt(3n), "modRevision", 2, LESS, 3n],
    [key.value.ne("x"), "value", 3, NOT_EQUAL, text("x")],
    [key.value.eq(new Uint8Array([0xff])), "value", 3, EQUAL, new Uint8Array([0xff])],
    [key.lease.eq(-4n), "lease", 4, EQUAL, -4n],
    [key.exists(), "createRevision", 1, NOT_EQUAL, 0n],
    [key.missing(), "createRevision", 1, EQUAL, 0n],
  ];
  for (const [compare, name, target, result, value] of rows) {
    assertEquals({ ...compare }, { key: "k", target: name });
    assertEquals(wire(compare) as unknown, {
      key: text("k"),
      rangeEnd: new Uint8Array(0),
      target,
      result,
      targetUnion: { $case: name, value },
    });
  }
});

test("a compare over a selector covers its range", () => {
  const { key, rangeEnd } = wire(new CompareKey({ prefix: "/a/" }).version.gt(0n));
  assertEquals([key, rangeEnd], [text("/a/"), text("/a0")]);
});

test("in a namespace the key of a compare is inside it, the key of an owner is absolute", () => {
  const inside = Keyspace.root.below("ns/");
  assertEquals(wire(new CompareKey("k").exists(), inside).key, text("ns/k"));
  assertEquals(wire(new CompareKey({ all: true }).exists(), inside).rangeEnd, text("ns0"));
  const owner = ownerCompare(text("locks/jobs/1f"), 7n);
  assertEquals([owner.key, owner.target], ["locks/jobs/1f", "createRevision"]);
  for (const keys of [Keyspace.root, inside]) {
    const { key, result, targetUnion } = wire(owner, keys);
    assertEquals([key, result], [text("locks/jobs/1f"), EQUAL]);
    assertEquals(targetUnion, { $case: "createRevision", value: 7n });
  }
});

test("operands are copied, so that a caller may reuse the array", () => {
  const operand = new Uint8Array([1]);
  const compare = new CompareKey("k").value.eq(operand);
  operand[0] = 9;
  assertEquals(wire(compare).targetUnion, { $case: "value", value: new Uint8Array([1]) });
});

test("keys and operands of the wrong kind are refused at once", () => {
  assertThrows(() => new CompareKey(""), TypeError, "empty");
  assertThrows(() => new CompareKey({} as Selector), TypeError);
  assertThrows(() => new CompareKey({ start: "b", end: "a" }), RangeError);
  const key = new CompareKey("k");
  assertThrows(() => key.version.eq(1 as unknown as bigint), TypeError, "the operand of version");
  assertThrows(() => key.lease.gt(2n ** 63n), RangeError, "the operand of lease");
  assertThrows(() => key.value.eq(1n as unknown as string), TypeError, "operand of value");
  const error = assertThrows(() => key.value.eq("canary\ud800"), TypeError, "surrogate");
  assert(!error.message.includes("canary"));
});

test("a compare is opaque and cannot be forged or changed", () => {
  const compare = new CompareKey("k").exists();
  assert(Object.isFrozen(compare));
  for (const forged of [{ key: "k", target: "version" }, { ...compare }, undefined, "k", null]) {
    assertThrows(() => wire(forged as Compare), TypeError, "made by CompareKey or isOwner()");
  }
});
