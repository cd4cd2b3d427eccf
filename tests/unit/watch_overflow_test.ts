import { assertEquals, assertRejects } from "@std/assert";
import { EtcdUnavailableError, EtcdWatchOverflowError } from "../../src/errors.ts";
import { test } from "../harness.ts";
import { put, read, Script, settled } from "./watch_script.ts";

/** Of about a hundred bytes, each. */
const LARGE = "x".repeat(80);
const OPTIONS = { maxBufferedBytes: 250 } as const;

test("a slow reader's watcher is cancelled on the server and goes on, on a stream of its own, when there is room", async () => {
  await using script = new Script();
  const slow = script.watch(OPTIONS);
  const quick = script.watch(OPTIONS);
  const stream = await script.stream();
  await stream.accept(1n);
  await stream.accept(1n);
  script.rpc.store = () => ({ revision: 9n });
  stream.events(1n, [2n, 3n, 4n, 5n].map((revision) => put("k", LARGE, revision)));
  assertEquals(await stream.cancels(), 1n);
  stream.events(1n, [put("k", LARGE, 6n)]);
  stream.events(2n, [put("k", "quick", 6n)]);
  assertEquals(await read(quick[Symbol.asyncIterator](), 1), ["6 PUT k quick"]);

  const iterator = slow[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value.revision, 2n);
  assertEquals((await iterator.next()).value.revision, 3n);
  const own = await script.stream();
  assertEquals((await own.accept(9n)).startRevision, 4n);
  own.events(1n, [put("k", LARGE, 4n), put("k", LARGE, 5n)]);
  assertEquals((await iterator.next()).value.revision, 4n);
  assertEquals((await iterator.next()).value.revision, 5n);
  assertEquals(script.rpc.events, [], "nothing was lost that had to be resumed");
});

test("a pause is not a reason to reopen a lost stream before there is room", async () => {
  await using script = new Script();
  const slow = script.watch(OPTIONS);
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [2n, 3n, 4n].map((revision) => put("k", LARGE, revision)));
  await stream.cancels();
  stream.fail(new EtcdUnavailableError("lost"));
  await settled();
  assertEquals(script.rpc.streams.drain(), []);
  await slow.close();
});

test("one revision above the limit is delivered whole to a reader that has read the rest", async () => {
  await using script = new Script();
  const watcher = script.watch({ maxBufferedBytes: 10 });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k1", LARGE, 2n), put("k2", LARGE, 2n)], { fragment: true });
  stream.events(1n, [put("k3", LARGE, 2n)]);
  const { value: batch } = await watcher.batches()[Symbol.asyncIterator]().next();
  assertEquals(batch.events.length, 3);
});

test("a large revision pauses as soon as its fragments do not fit beside what is held, and comes whole later", async () => {
  await using script = new Script();
  const watcher = script.watch({ maxBufferedBytes: 150 });
  const stream = await script.stream();
  await stream.accept(1n);
  script.rpc.store = () => ({ revision: 3n });
  stream.events(1n, [put("k", LARGE, 2n), put("k1", LARGE, 3n)], { fragment: true });
  assertEquals(await stream.cancels(), 1n);
  const batches = watcher.batches()[Symbol.asyncIterator]();
  assertEquals((await batches.next()).value.revision, 2n);
  const own = await script.stream();
  assertEquals((await own.accept(3n)).startRevision, 3n);
  own.events(1n, [put("k1", LARGE, 3n)], { fragment: true });
  own.events(1n, [put("k2", LARGE, 3n)]);
  assertEquals((await batches.next()).value.events.length, 2);
});

test("a slow reader gets an error where that was asked for, after what was held for it", async () => {
  await using script = new Script();
  const watcher = script.watch({ ...OPTIONS, onOverflow: "error" });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [2n, 3n, 4n].map((revision) => put("k", LARGE, revision)));
  assertEquals(await stream.cancels(), 1n);
  const iterator = watcher[Symbol.asyncIterator]();
  assertEquals((await iterator.next()).value.revision, 2n);
  assertEquals((await iterator.next()).value.revision, 3n);
  await assertRejects(() => iterator.next(), EtcdWatchOverflowError, "250");
  assertEquals(watcher.resumeRevision, 4n);
});

test("one revision above the limit is an error where that was asked for", async () => {
  await using script = new Script();
  const watcher = script.watch({ maxBufferedBytes: 10, onOverflow: "error" });
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [put("k", LARGE, 2n)]);
  await assertRejects(() => watcher[Symbol.asyncIterator]().next(), EtcdWatchOverflowError);
});

test("a paused watcher can be closed, and is not created again", async () => {
  await using script = new Script();
  const watcher = script.watch(OPTIONS);
  const stream = await script.stream();
  await stream.accept(1n);
  stream.events(1n, [2n, 3n, 4n].map((revision) => put("k", LARGE, revision)));
  await stream.cancels();
  await watcher.close();
  assertEquals((await watcher[Symbol.asyncIterator]().next()).done, true);
  await settled();
  assertEquals(script.rpc.streams.drain(), []);
});
