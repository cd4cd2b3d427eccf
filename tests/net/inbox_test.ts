import { assertEquals, assertRejects } from "@std/assert";
import { test } from "../harness.ts";
import { Inbox } from "../../src/transport/net/inbox.ts";
import { pattern } from "./dialers.ts";

test("bytes go straight to the reader that waits for them", async () => {
  const inbox = new Inbox();
  const into = new Uint8Array(10);
  const read = inbox.read(into);
  inbox.push(pattern(4));
  assertEquals(await read, 4);
  assertEquals(into.subarray(0, 4), pattern(4));
});

test("what nobody waits for is kept, in order, and outlives the buffer it came in", async () => {
  const inbox = new Inbox();
  const buffer = pattern(3);
  inbox.push(buffer);
  buffer.fill(0);
  inbox.push(pattern(3, 100));
  const into = new Uint8Array(4);
  assertEquals(await inbox.read(into), 4);
  assertEquals(into, Uint8Array.of(...pattern(3), ...pattern(1, 100)));
  assertEquals(await inbox.read(into), 2);
  assertEquals(into.subarray(0, 2), pattern(3, 100).subarray(1));
});

test("what does not fit the waiting reader is kept for the next", async () => {
  const inbox = new Inbox();
  const into = new Uint8Array(2);
  const read = inbox.read(into);
  inbox.push(pattern(5));
  assertEquals(await read, 2);
  assertEquals(into, pattern(5).subarray(0, 2));
  const rest = new Uint8Array(5);
  assertEquals(await inbox.read(rest), 3);
  assertEquals(rest.subarray(0, 3), pattern(5).subarray(2));
});

test("there is no room while 64 KiB wait, and there is again when they are read", async () => {
  const inbox = new Inbox();
  inbox.push(new Uint8Array(65_535));
  assertEquals(inbox.hasRoom, true);
  inbox.push(new Uint8Array(1));
  assertEquals(inbox.hasRoom, false);
  await inbox.read(new Uint8Array(1));
  assertEquals(inbox.hasRoom, true);
});

test("the end comes after what came before it, and again", async () => {
  const inbox = new Inbox();
  inbox.push(pattern(1));
  inbox.end();
  inbox.fail(new Error("too late"));
  inbox.push(pattern(1));
  const into = new Uint8Array(10);
  assertEquals([await inbox.read(into), await inbox.read(into), await inbox.read(into)], [1, null, null]);
});

test("a failure comes after what came before it, and again", async () => {
  const inbox = new Inbox();
  inbox.push(pattern(1));
  inbox.fail(new Error("reset"));
  inbox.end();
  assertEquals(await inbox.read(new Uint8Array(1)), 1);
  await assertRejects(() => inbox.read(new Uint8Array(1)), Error, "reset");
  await assertRejects(() => inbox.read(new Uint8Array(1)), Error, "reset");
});

test("a waiting reader learns of the end and of a failure", async () => {
  const ended = new Inbox();
  const read = ended.read(new Uint8Array(1));
  ended.end();
  assertEquals(await read, null);
  const failed = new Inbox();
  const failing = assertRejects(() => failed.read(new Uint8Array(1)), Error, "reset");
  failed.fail(new Error("reset"));
  await failing;
});

test("closing drops what is kept and forgets a failure", async () => {
  const inbox = new Inbox();
  inbox.push(pattern(1));
  inbox.fail(new Error("reset"));
  inbox.close();
  assertEquals(await inbox.read(new Uint8Array(1)), null);
});

test("a second reader is refused", async () => {
  const inbox = new Inbox();
  const first = inbox.read(new Uint8Array(1));
  await assertRejects(() => inbox.read(new Uint8Array(1)), TypeError, "a read is pending");
  inbox.close();
  assertEquals(await first, null);
});
